# Pure C without state of its own; all of it is also built for the build machine.
lib-deps :=
lib-srcs := err_name.c sbi_name.c bulk.c frame_bitmap.c chacha.c ranges.c tree.c tree_faults.c
