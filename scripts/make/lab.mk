# The lab: named experiments of lab/, natively and under Stillhart (docs/lab.md). It builds by itself
# what an experiment needs, and checks its own parameters.
LAB_RESULTS = $(if $(RESULTS),--results $(call quote,$(RESULTS)))
LAB_OPTIONS = $(RUNS:%=--runs %) $(LAB_RESULTS) \
              $(patsubst %,--machine %,$(filter-out virt,$(MACHINE))) $(patsubst %,--cpu %,$(filter-out rv64,$(CPU)))
LAB_BOARD   = $(BOARD:%=--board %) $(if $(BOARD_RESET),--board-reset $(call quote,$(BOARD_RESET)))
LAB_COMMAND = $(if $(filter matrix,$(EXP)),matrix $(LAB_RESULTS),$(if $(COMPARE),compare $(call quote,$(COMPARE)) $(LAB_RESULTS),$(if $(LAB_RUN),$(LAB_RUN) $(LAB_OPTIONS))))
LAB_RUN     = $(if $(filter matrix,$(EXP)),,$(if $(AB),ab $(AB) --flips $(FLIPS),$(if $(EXP),$(if $(REPLAY),replay $(EXP) --piece $(REPLAY),run $(EXP) $(LAB_BOARD)))))

# What would be passed over in silence.
LAB_MISTAKE = $(or $(if $(and $(EXP),$(AB)),EXP=$(EXP) and AB=$(AB): expected one of the two), \
                   $(if $(and $(COMPARE),$(or $(EXP),$(AB),$(RUNS))),COMPARE=$(COMPARE): expected no EXP$(comma) AB or RUNS with it), \
                   $(if $(EXP),,$(REPLAY:%=REPLAY=%: expected EXP=NAME with it$(comma) the run that is done again)), \
                   $(if $(and $(EXP),$(REPLAY)),$(LAB_NO_BOARD)),$(if $(EXP),,$(LAB_NO_BOARD)))
LAB_NO_BOARD = $(BOARD:%=BOARD=%: expected EXP=NAME with it$(comma) and no AB or REPLAY)

# Ctrl-C reaches make too, and ends it by itself: what the lab says of it is enough. The shell waits for the lab,
# which removes what it has begun.
LAB_INTERRUPTED := 130

.PHONY: lab
lab: ## lists the experiments, runs EXP=name and reports, ranks what is flipped in AB=name, or shows COMPARE=a,b
	$(if $(LAB_MISTAKE),$(error $(LAB_MISTAKE)))
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)trap : INT; tools/lab/lab $(or $(LAB_COMMAND),list) || [ $$? -eq $(LAB_INTERRUPTED) ]
