"""Which build this is: the build puts a hash of the sources here, in the page and in its modules."""

VERSION = "not built"
