#include <axconfig/config.h>
#include <config/log.h>
#include <config/smp.h>

const uint32_t config_smp = CONFIG_SMP;
const char *const config_log = CONFIG_LOG;
