# Not a test of itself: tests/unit/boards/test_boards.py runs it.
UNIT_PROGRAMS     += read-board
read-board-deps   := lib axhal axdriver
read-board-srcs    = tests/unit/boards/read_board.c $(AXVMCONFIG_MACHINE)
