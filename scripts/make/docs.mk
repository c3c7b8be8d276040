# The pictures of docs/images, each from a real run. They go into README.md, so they are drawn on request only.
.PHONY: pictures pictures-draw
pictures: ## draws docs/images again: a session at the console, and a report of the lab
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)for target in build pictures-draw; do \
	  $(MAKE) --no-print-directory A=apps/hv HV=y MODE=release VMS=configs/linux.dts $$target || exit 1; done

SHOT := $(BUILD)/pictures
pictures-draw:
	$(Q)tools/terminal-svg docs/images/console.svg "make run: Debian's Linux with two vCPUs, and the hypervisor's console" 44 \
	  docs/images/console.session -- $(QEMU) $(QEMU_FLAGS)
	$(Q)rm -rf $(SHOT)
	$(Q)tools/lab/lab run jitter --results $(SHOT)
	$(Q)chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1100,980 --user-data-dir=$(SHOT)/user \
	  --screenshot=docs/images/report.png file://$(CURDIR)/$(SHOT)/report.html 2>/dev/null
