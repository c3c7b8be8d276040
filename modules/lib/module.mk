# Pure C without state of its own; all of it is also built for the build machine.
lib-deps :=
