# `make help`: the parameters and targets, from their own `##` comments.
.PHONY: help
help: ## prints this
	@echo 'Parameters (make NAME=value …), with their defaults:'
	@sed -n 's/^\([A-Z_]*\) *?= *\([^#]*[^# ]\)\{0,1\} *## \(.*\)/\1\t\2\t\3/p' scripts/make/params.mk | \
	  awk -F'\t' '{printf "  %-11s %-18s %s\n", $$1, $$2, $$3}'
	@echo; echo 'Targets:'
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/\1\t\2/p' scripts/make/*.mk | awk -F'\t' '{printf "  %-22s %s\n", $$1, $$2}'
