"""How Great Expectations' pages show an expectation: its sentence, its place and counts."""

from __future__ import annotations

from typing import Any

from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.render import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer

_HIDDEN = ("check", "governance_session", "batch_id")


class RenderedExpectation(BatchExpectation):  # type: ignore[misc]  # the library has no types
    """An expectation whose pages are made of its docstring, its own fields and two counts."""

    @classmethod
    def is_abstract(cls) -> bool:
        return cls.__name__ == "RenderedExpectation" or bool(super().is_abstract())

    @classmethod
    def summary(cls) -> str:
        """The first sentence of the docstring."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: Any) -> Any:  # noqa: ANN401  the library's
        renderer_configuration.template_str = cls.summary()
        return renderer_configuration

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)  # type: ignore[untyped-decorator]
    def _prescriptive_renderer(
        cls,
        configuration: Any = None,  # noqa: ANN401
        result: Any = None,  # noqa: ANN401
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedStringTemplateContent]:
        shown = configuration or (result.expectation_config if result else None)
        fields = {name: value for name, value in (shown.kwargs if shown else {}).items() if name not in _HIDDEN}
        limits = "; ".join(f"{name}: ${name}" for name in fields)
        return [
            RenderedStringTemplateContent(
                content_block_type="string_template",
                string_template={
                    "template": f"{cls.summary()} {f'({limits})' if limits else ''}".strip(),
                    "params": {name: _text(value) for name, value in fields.items()},
                    "styling": (runtime_configuration or {}).get("styling"),
                },
            )
        ]

    @classmethod
    def _get_observed_value_from_evr(cls, result: Any = None) -> str:  # noqa: ANN401
        counts = (result.result if result else None) or {}
        if "element_count" not in counts:
            return "--"
        return f"{counts['unexpected_count']} of {counts['element_count']}"

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)  # type: ignore[untyped-decorator]
    def _diagnostic_unexpected_statement_renderer(
        cls,
        configuration: Any = None,  # noqa: ANN401
        result: Any = None,  # noqa: ANN401
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[Any]:
        """An exception, which quotes no data; otherwise nothing, as the counts suffice."""
        if "element_count" in result.result:
            return []
        found: list[Any] = super()._diagnostic_unexpected_statement_renderer(
            configuration=configuration, result=result, runtime_configuration=runtime_configuration
        )
        return found

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)  # type: ignore[untyped-decorator]
    def _diagnostic_unexpected_table_renderer(
        cls,
        configuration: Any = None,  # noqa: ANN401
        result: Any = None,  # noqa: ANN401
        runtime_configuration: dict[str, Any] | None = None,
    ) -> None:
        """No table: it would show values."""


def _text(value: Any) -> str:  # noqa: ANN401  JSON
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
