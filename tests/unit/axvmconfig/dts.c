#include "dts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void dtb_compile(const char *dts, struct dtb *out)
{
    char path[] = "/tmp/stillhart-dts-XXXXXX";
    char command[128];
    int fd = mkstemp(path);

    assert(fd >= 0 && dprintf(fd, "/dts-v1/; %s", dts) > 0 && close(fd) == 0);
    snprintf(command, sizeof(command), "dtc -q -I dts -O dtb %s", path);
    FILE *dtc = popen(command, "r");
    assert(dtc != NULL);
    out->size = fread(out->bytes, 1, sizeof(out->bytes), dtc);
    if (pclose(dtc) != 0 || out->size == sizeof(out->bytes)) {
        fprintf(stderr, "dtc: %s\n", dts);
        exit(1);
    }
    unlink(path);
}
