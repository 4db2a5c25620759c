"""Build the payloads that Discord's own client sends for commands, buttons, menus and forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.fake_discord.models import Attachment, Json, Message

STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11  # option types
BUTTON, TEXT_DISPLAY, LABEL = 2, 10, 18  # component types
MULTI_VALUE_TYPES = (3, 5, 6, 7, 8, 19, 22)  # selects, file upload, group of checkboxes
PYTHON_TYPES: dict[int, type | tuple[type, ...]] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    NUMBER: (int, float),
    ATTACHMENT: Attachment,
}
Values = Mapping[str, object]


class NotAllowedByClient(AssertionError):
    """Discord's own client would not let a user do that."""


def command_data(command: Json, values: Values) -> Json:
    """Return the data of a slash command; raises NotAllowedByClient for values it does not take."""
    known = {option["name"]: option for option in command.get("options", [])}
    if unknown := values.keys() - known.keys():
        raise NotAllowedByClient(f"/{command['name']} has no option {', '.join(sorted(unknown))}")
    if missing := [name for name, option in known.items() if option.get("required") and name not in values]:
        raise NotAllowedByClient(f"/{command['name']} needs {', '.join(missing)}")
    options = [
        {"name": name, "type": known[name]["type"], "value": _value(known[name], value)}
        for name, value in values.items()
    ]
    return _invoked(command) | {"options": options, "resolved": _resolved(values.values())}


def menu_data(command: Json, message: Message) -> Json:
    """Return the data of a message command; its target has its content, whatever the intents."""
    target = str(message.id)
    return _invoked(command) | {"target_id": target, "resolved": {"messages": {target: message.json()}}}


def click_data(component: Json, values: Sequence[str]) -> Json:
    """Return the data of a pressed button, or of a select with these values."""
    data = {
        "custom_id": component["custom_id"],
        "component_type": component["type"],
        "id": component.get("id"),
    }
    return data | ({} if component["type"] == BUTTON else {"values": list(values)})


def form_data(modal: Json, values: Values) -> Json:
    """Return the data of a form, with values by label or custom id; other fields keep their defaults."""
    left = dict(values)
    components = [_filled(row, left) for row in modal["components"]]
    if left:
        raise NotAllowedByClient(f"the form {modal['title']!r} has no field {', '.join(left)}")
    return {"custom_id": modal["custom_id"], "components": components, "resolved": _resolved(values.values())}


def find_component(message: Message, wanted: str) -> Json | None:
    """Return the enabled component with that label or custom id prefix, or None."""
    for component in _walk(message.components):
        named = wanted == component.get("label") or component.get("custom_id", "").startswith(wanted)
        if "custom_id" in component and named and not component.get("disabled"):
            return component
    return None


def _invoked(command: Json) -> Json:
    place = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return {"id": command["id"], "name": command["name"], "type": command["type"]} | place


def _value(option: Json, value: object) -> object:
    takes = PYTHON_TYPES[option["type"]]
    if not isinstance(value, takes) or (isinstance(value, bool) and takes is not bool):
        raise NotAllowedByClient(f"option {option['name']} does not take {value!r}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        inside = option.get("min_value", value) <= value <= option.get("max_value", value)
    elif isinstance(value, str):
        inside = option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000)
    else:
        inside = True
    if not inside or (
        option.get("choices") and value not in [choice["value"] for choice in option["choices"]]
    ):
        raise NotAllowedByClient(f"option {option['name']} does not allow {value!r}")
    return str(value.id) if isinstance(value, Attachment) else value


def _filled(row: Json, left: dict[str, object]) -> Json:
    """Return one filled row of a form; its value is removed from `left`."""
    if row["type"] == TEXT_DISPLAY:
        return {"type": row["type"], "id": row.get("id")}
    field = row["component"] if row["type"] == LABEL else row["components"][0]
    names = [name for name in (row.get("label"), field.get("label"), field["custom_id"]) if name in left]
    value = left.pop(names[0]) if names else None
    proposed = [option["value"] for option in field.get("options", []) if option.get("default")]
    filled = {"type": field["type"], "id": field.get("id"), "custom_id": field["custom_id"]}
    if field["type"] in MULTI_VALUE_TYPES:
        several = proposed if value is None else value if isinstance(value, list | tuple) else [value]
        filled["values"] = [str(one.id) if isinstance(one, Attachment) else one for one in several]
    elif value is not None:
        filled["value"] = value
    else:
        filled["value"] = next(iter(proposed), field.get("value", field.get("default", "")))
    if field.get("required", True) and not filled.get("values", filled.get("value") not in ("", None)):
        raise NotAllowedByClient(f"the form asks for {row.get('label') or field.get('label')}")
    return (
        {"type": LABEL, "component": filled} if row["type"] == LABEL else {"type": 1, "components": [filled]}
    )


def _resolved(values: Iterable[object]) -> Json:
    flat = (one for value in values for one in (value if isinstance(value, list | tuple) else [value]))
    return {"attachments": {str(one.id): one.json() for one in flat if isinstance(one, Attachment)}}


def _walk(components: Sequence[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]
