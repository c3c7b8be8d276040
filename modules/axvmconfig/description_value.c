#include "description.h"
#include <libfdt.h>
#include <string.h>

void value_read(const void *dtb, int at, struct value *value)
{
    int size;

    value->data = fdt_getprop_by_offset(dtb, at, &value->property, &size);
    value->size = (uint32_t)size;
}

enum err complain_of(const struct value *value, const char *format, ...)
{
    va_list arguments;
    enum err err = complain(value->why, value->source, value->node, "%s", value->property);

    va_start(arguments, format);
    message_vadd(value->why, format, arguments);
    va_end(arguments);
    return err;
}

uint32_t value_cell(const struct value *value, uint32_t index)
{
    return fdt32_ld((const fdt32_t *)value->data + index);
}

uint32_t value_cell_count(const struct value *value)
{
    return value->size / (uint32_t)sizeof(fdt32_t);
}

/* A list of strings or a number would be misread by strcmp(). */
enum err value_string(const struct value *value, const char **out)
{
    const char *text = value->data;

    if (value->size == 0 || memchr(text, '\0', value->size) != text + value->size - 1)
        return complain_of(value, ": expected one string, as in %s = \"...\"", value->property);
    *out = text;
    return OK;
}
