# Stillhart: one makefile, the parts of it in reading order.
#   make run      sets up, builds and boots Linux in a VM
#   make test     runs every test
#   make help     lists every parameter and target
.DEFAULT_GOAL := build
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDEXPANSION:

include scripts/make/params.mk
include scripts/make/alone.mk
include scripts/make/toolchain.mk
include scripts/make/modules.mk
include scripts/make/build.mk
include scripts/make/run.mk
include scripts/make/bench.mk
include scripts/make/lab.mk
include scripts/make/check.mk
include scripts/make/check_vms.mk
include scripts/make/editor.mk
include scripts/make/docs.mk
include scripts/make/help.mk
