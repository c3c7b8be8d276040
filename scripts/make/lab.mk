# The lab: named experiments of lab/, natively and under Stillhart (docs/lab.md). It builds by itself
# what an experiment needs, and checks its own parameters.
LAB_OPTIONS = $(RUNS:%=--runs %) $(RESULTS:%=--results %) $(BOARD:%=--board %)

.PHONY: lab
lab: ## lists the experiments, or runs EXP=name and reports
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)tools/lab/lab $(if $(EXP),run $(EXP) $(LAB_OPTIONS),list)
