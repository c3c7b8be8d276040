/* Reads what a VM is assigned of the machine; that the machine has it is checked later, in
 * devices.c. */
#include "description.h"
#include <string.h>

enum err description_parse_devices(const struct value *value, struct vm_config *vm)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in devices = \"/soc/rtc@101000\"");
    if (value_string_count(value) > VM_MAX_DEVICES)
        return complain_of(value, ": names %u devices: expected at most %d",
                           value_string_count(value), VM_MAX_DEVICES);
    for (; text < end; text += strlen(text) + 1)
        vm->devices[vm->device_count++].path = text;
    return OK;
}

enum err description_parse_pci_devices(const struct value *value, struct vm_config *vm)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in pci-devices = \"00:03.0\"");
    if (value_string_count(value) > VM_MAX_DEVICES)
        return complain_of(value, ": names %u functions: expected at most %d",
                           value_string_count(value), VM_MAX_DEVICES);
    for (; text < end; text += strlen(text) + 1)
        vm->pci[vm->pci_count++].name = text;
    return OK;
}

enum err description_parse_unsafe_dma(const struct value *value, struct vm_config *vm)
{
    if (value->size != 0)
        return complain_of(value, ": has %u bytes: expected none, as in unsafe-dma;", value->size);
    vm->unsafe_dma = true;
    return OK;
}
