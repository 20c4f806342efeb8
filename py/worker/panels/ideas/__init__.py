"""The seven ideas of the chapter, a module each."""
