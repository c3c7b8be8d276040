#include "description.h"
#include <libfdt.h>
#include <string.h>

void value_read(const void *dtb, int at, struct value *value)
{
    int size;

    value->data = fdt_getprop_by_offset(dtb, at, &value->property, &size);
    value->size = (uint32_t)size;
}

bool value_find(const void *dtb, int node, struct value *value)
{
    int size;

    value->data = fdt_getprop(dtb, node, value->property, &size);
    value->size = value->data == NULL ? 0 : (uint32_t)size;
    return value->data != NULL;
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

bool value_is_text(const struct value *value)
{
    const char *text = value->data;

    for (uint32_t i = 0; i + 1 < value->size; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return value->size > 1 && text[value->size - 1] == '\0';
}

enum err complain_of_type(const struct value *value, const char *expected)
{
    if (value_is_text(value))
        return complain_of(value, " = \"%.32s\": expected %s", (const char *)value->data, expected);
    return complain_of(value, ": has %u bytes: expected %s", value->size, expected);
}

uint32_t value_string_count(const struct value *value)
{
    const char *text = value->data;
    uint32_t count = 0;

    for (uint32_t i = 0; i < value->size; i++)
        count += text[i] == '\0';
    return count;
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
