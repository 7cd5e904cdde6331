"""``@override``: what a method means is said where it was first defined, in Qt or in a class of ours."""

from typing import TYPE_CHECKING

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):
        """Say that ``method`` stands in place of its base class's; the type checker sees to it that there is one."""
        return method
