"""Which build this is: the build puts a hash of the sources here, in the worker's library and in the page."""

VERSION = "not built"
