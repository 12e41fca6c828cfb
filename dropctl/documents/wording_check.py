"""Whether a wording asks only for what its paper knows: names, and nothing that could run.

A wording is data from a stranger. It may take values, walk through lists and leave parts out; it may not call, import
or define anything. Every fault is named with its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args, get_origin

from jinja2 import TemplateSyntaxError, nodes
from pydantic import BaseModel

from dropctl.documents.filling import sandbox
from dropctl.documents.wording import WordingFault

_FILTERS = frozenset({"length", "count", "join", "first", "last"})
_FORBIDDEN = (
    nodes.Call, nodes.Import, nodes.FromImport, nodes.Include, nodes.Extends, nodes.Block, nodes.Macro, nodes.CallBlock,
    nodes.FilterBlock, nodes.Assign, nodes.AssignBlock, nodes.With, nodes.Getitem, nodes.Test,
)  # fmt: skip
_ANY = object()  # a value of which nothing more is asked
Fault = tuple[int, str, str]  # line, what is wrong, what to do


def check_wording(
    text: str, context: type[BaseModel], name: str, *, unit: str = "行", more: Collection[str] = ()
) -> None:
    """Raise WordingFault, naming `name` and the line (or whatever `unit` counts), for what the paper does not have.

    `more`: names beside the fields of the context.
    """
    for number, said, todo in wording_faults_in(text, context, more):
        raise WordingFault(said, where=f"{name} 第{number}{unit}", todo=todo)


def wording_faults_in(text: str, context: type[BaseModel], more: Collection[str] = ()) -> Iterator[Fault]:
    """Yield every fault that can be seen without values, each once per line."""
    yield from dict.fromkeys(_faults(text, context, more))


def _faults(text: str, context: type[BaseModel], more: Collection[str]) -> Iterator[Fault]:
    try:
        tree = sandbox(autoescape=False).parse(text)
    except TemplateSyntaxError as error:
        yield error.lineno, "花括号里的写法有误", "检查 {{ }} 和 {% %} 是否成对，对照原来的文件改正"
        return
    scope: dict[str, Any] = {name: field.annotation for name, field in context.model_fields.items()}
    yield from _walk(tree, scope | dict.fromkeys(more))


def _walk(node: nodes.Node, scope: Mapping[str, Any]) -> Iterator[Fault]:
    if isinstance(node, _FORBIDDEN):
        yield node.lineno, "用了不允许的写法，没有采用", "只写 {{ 名称 }}、{% if %} 和 {% for %}"
        return
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield node.lineno, f"用了不允许的写法（|{node.name}），没有采用", "去掉竖线后面的词"
    if isinstance(node, nodes.Name) and node.name not in scope:
        near = "、".join(sorted(scope)[:8])
        yield node.lineno, f"用了这份文书没有的名称（{node.name}）", f"改成这份文书有的名称，如 {near}"
    if isinstance(node, nodes.Getattr):
        owner = _type_of(node.node, scope)
        if node.attr.startswith("_") or not (owner is _ANY or _is_mapping(owner) or node.attr in _fields(owner)):
            yield node.lineno, f"用了这份文书没有的名称（{node.attr}）", "对照原来的文件改正"
    if isinstance(node, nodes.For):
        yield from _walk(node.iter, scope)
        inner = dict(scope) | {"loop": _ANY}
        for target in node.target.find_all(nodes.Name) if not isinstance(node.target, nodes.Name) else (node.target,):
            inner[target.name] = _item_of(_type_of(node.iter, scope))
        for child in (*node.body, *node.else_):
            yield from _walk(child, inner)
        return
    for child in node.iter_child_nodes():
        yield from _walk(child, scope)


def _type_of(node: nodes.Node, scope: Mapping[str, Any]) -> Any:
    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = _type_of(node.node, scope)
        return _ANY if owner is _ANY or _is_mapping(owner) else _fields(owner).get(node.attr)
    return None


def inner_context(kind: Any) -> type[BaseModel] | None:
    """Return the context inside a type: X of X, X | None, tuple[X, ...]; None for plain values."""
    for one in (kind, *get_args(kind)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        if get_args(one) and one is not kind and (found := inner_context(one)) is not None:
            return found
    return None


def _fields(owner: Any) -> Mapping[str, Any]:
    for kind in (owner, *get_args(owner)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return {name: field.annotation for name, field in kind.model_fields.items()}
    return {}


def _is_mapping(kind: Any) -> bool:
    """Return whether a value holds others by key; which keys there are shows only when it is filled."""
    return get_origin(kind) in (dict, Mapping)


def _item_of(many: Any) -> Any:
    """Return the type of what a list holds: X for tuple[X, ...] and for tuple[X, ...] | None."""
    for kind in (many, *get_args(many)):
        arguments = [one for one in get_args(kind) if one is not Ellipsis]
        if arguments and getattr(kind, "__origin__", None) in (tuple, list):
            return arguments[0]
    return None
