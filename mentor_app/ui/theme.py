"""Colours and type from design.md: one palette, one style sheet; no widget sets its own."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from mentor_app.core.resources import resource

_ROLES = {
    "background": ("#F6F7F9", "#14181D"),
    "panel": ("#FFFFFF", "#1C2229"),
    "sidebar": ("#EEF1F5", "#171C22"),
    "accent": ("#0B6B62", "#4CC2B4"),
    "good": ("#1E6B34", "#7CCB92"),
    "due": ("#9A5B00", "#E9B65A"),
    "bad": ("#B3261E", "#F2938C"),
    "text": ("#1B2430", "#E8ECF1"),
    "muted": ("#566273", "#A3AEBB"),
    "line": ("#DDE2E9", "#303944"),
    "tint": ("#E0F2EF", "#163832"),
    "good_tint": ("#E4F3E8", "#1B3524"),
    "due_tint": ("#FCF1DC", "#3A2E16"),
    "bad_tint": ("#FBE9E7", "#3D201E"),
    "on_accent": ("#FFFFFF", "#14181D"),
}
THEMES = {name: {role: colours[at] for role, colours in _ROLES.items()} for at, name in enumerate(("light", "dark"))}
_SHEET = """
* {{ font-size: 14px; }}
QMainWindow, QDialog, #content {{ background: {background}; }}
QMessageBox, QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
#qt_msgbox_informativelabel {{ min-width: 440px; }}
#qt_msgbox_label {{ font-weight: 600; }}
#sidebar {{ background: {sidebar}; border-right: 1px solid {line}; }}
#sidebar QPushButton {{ text-align: left; padding: 8px 10px; border: 2px solid transparent; border-radius: 6px;
  background: transparent; color: {text}; }}
#sidebar QPushButton:checked {{ background: {tint}; color: {accent}; font-weight: 600; }}
#sidebar QPushButton:hover:!checked {{ background: {line}; }}
#sidebar QPushButton:focus {{ border-color: {accent}; }}
#appname {{ font-size: 16px; font-weight: 600; padding: 8px 10px; }}
#header {{ background: {panel}; border-bottom: 1px solid {line}; }}
#title {{ font-size: 20px; font-weight: 600; }}
#note, #muted {{ font-size: 12px; color: {muted}; }}
#key {{ font-size: 28px; font-weight: 600; }}
#cardtitle {{ font-weight: 600; }}
#card {{ background: {panel}; border: 1px solid {line}; border-radius: 8px; }}
#error {{ color: {bad}; }}
#notice {{ background: {due_tint}; border-bottom: 1px solid {line}; }}
#notice[whole="true"] {{ background: {background}; border: none; }}
#toast {{ background: {text}; border-radius: 8px; }}
#toast QLabel {{ color: {panel}; }}
QPushButton#link {{ text-align: left; padding: 2px 0; border: 2px solid transparent; border-radius: 4px;
  background: transparent; color: {text}; }}
QPushButton#link:hover, QWidget#linkrow:hover QPushButton#link {{ color: {accent}; }}
QPushButton#link:focus {{ border-color: {accent}; }}
QPushButton {{ background: {panel}; color: {text}; border: 1px solid {line}; border-radius: 6px; padding: 6px 14px; }}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {muted}; }}
#toast QPushButton#undo, #sidebar #toast QPushButton#undo:hover {{ text-align: center; padding: 4px 12px;
  background: transparent; color: {panel}; border: 1px solid {muted}; border-radius: 6px; }}
#toast QPushButton#undo:hover, #toast QPushButton#undo:focus, #sidebar #toast QPushButton#undo:hover,
#sidebar #toast QPushButton#undo:focus {{ border-color: {panel}; }}
QPushButton#primary {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton#primary:disabled {{ background: {line}; color: {muted}; border-color: {line}; }}
QPushButton:focus, QLineEdit:focus, QComboBox:focus, QTableView:focus, QDateEdit:focus, QCheckBox:focus, QRadioButton:focus,
QListWidget:focus, QTableWidget:focus, QSpinBox:focus, QDoubleSpinBox:focus {{ border: 2px solid {accent}; }}
QLineEdit, QComboBox, QDateEdit, QSpinBox, QDoubleSpinBox {{ background: {panel}; color: {text}; border: 1px solid {line}; border-radius: 6px;
  padding: 5px 8px; min-height: 20px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0;
  border: none; }}
QSpinBox, QDoubleSpinBox {{ max-width: 112px; }}
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit, QSpinBox QLineEdit:focus, QDoubleSpinBox QLineEdit:focus {{
  background: transparent; border: none; padding: 0; min-height: 0; }}
QListWidget::item {{ padding: 4px 6px; }}
QListWidget::item:selected {{ background: {tint}; color: {text}; }}
QCheckBox::indicator, QListWidget::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 3px;
  background: {panel}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {accent}; border-color: {accent};
  image: url("{check}"); }}
QCheckBox, QRadioButton {{ border: 2px solid transparent; border-radius: 4px; padding: 1px; }}
QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 8px;
  background: {panel}; }}
QRadioButton::indicator:checked {{ border-color: {accent}; background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5,
  fx: 0.5, fy: 0.5, stop: 0 {accent}, stop: 0.5 {accent}, stop: 0.6 {panel}, stop: 1 {panel}); }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: 12px; height: 12px; }}
QTableView, QTableWidget, QListWidget {{ background: {panel}; alternate-background-color: {panel};
  border: 1px solid {line}; border-radius: 8px; gridline-color: {line}; selection-background-color: {tint};
  selection-color: {text}; }}
QTableView::item {{ padding: 4px 8px; border-bottom: 1px solid {line}; }}
QHeaderView {{ background: {panel}; }}
QHeaderView::section {{ background: {panel}; color: {muted}; border: none; border-bottom: 1px solid {line};
  padding: 6px 11px; font-weight: 600; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; min-height: 32px; min-width: 32px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; border: none;
  width: 0; height: 0; }}
QScrollArea, QScrollArea > QWidget > QWidget#content {{ background: transparent; border: none; }}
QTextEdit, QPlainTextEdit {{ background: {panel}; color: {text}; border: 1px solid {line}; border-radius: 6px; padding: 4px; }}
QTextEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {accent}; }}
QLabel[state="good"] {{ background: {good_tint}; color: {good}; }}
QLabel[state="due"] {{ background: {due_tint}; color: {due}; }}
QLabel[state="bad"] {{ background: {bad_tint}; color: {bad}; }}
QLabel[state="plain"] {{ background: {sidebar}; color: {muted}; }}
QLabel[state="accent"] {{ background: {tint}; color: {accent}; }}
QLabel[state] {{ border-radius: 9px; padding: 0 8px; min-height: 20px; font-size: 12px; font-weight: 600; }}
QTabBar {{ background: transparent; border: none; }}
QTabBar::tab {{ background: transparent; color: {muted}; padding: 4px 2px 6px 2px; margin-right: 20px;
  border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {text}; font-weight: 600; border-bottom-color: {accent}; }}
QTabBar::tab:hover:!selected {{ color: {text}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QListView#cards {{ background: transparent; border: none; outline: none; }}
QMenu {{ background: {panel}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px; }}
QMenu::item:selected {{ background: {tint}; color: {text}; }}
QMenu::item:disabled {{ color: {muted}; }}
QToolTip {{ background: {panel}; color: {text}; border: 1px solid {line}; padding: 6px; }}
QProgressBar {{ background: {line}; border: none; border-radius: 3px; height: 6px; text-align: center; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
"""


def apply(app: QApplication, name: str) -> None:
    """Dress the whole application in ``light`` or ``dark``."""
    colours = THEMES[name]
    app.setStyle("Fusion")
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, "background"),
        (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.Base, "panel"),
        (QPalette.ColorRole.AlternateBase, "background"),
        (QPalette.ColorRole.Text, "text"),
        (QPalette.ColorRole.Button, "panel"),
        (QPalette.ColorRole.ButtonText, "text"),
        (QPalette.ColorRole.Highlight, "tint"),
        (QPalette.ColorRole.HighlightedText, "text"),
        (QPalette.ColorRole.PlaceholderText, "muted"),
        (QPalette.ColorRole.ToolTipBase, "panel"),
        (QPalette.ColorRole.ToolTipText, "text"),
        (QPalette.ColorRole.Link, "accent"),
        (QPalette.ColorRole.Mid, "line"),
    ):
        palette.setColor(role, QColor(colours[colour]))
    app.setPalette(palette)
    icons = {"chevron": "chevron.svg", "check": f"check_{name}.svg"}
    paths = {role: resource("icons", file).as_posix() for role, file in icons.items()}
    app.setStyleSheet(_SHEET.format(**paths, **colours))


def ensure_chinese_font(app: QApplication) -> None:
    """Where the system can't write Chinese, bring Noto Sans SC along."""
    if QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        return
    from pathlib import Path

    from pylopdf_fonts_zh_cn import __file__ as fonts

    added = QFontDatabase.addApplicationFont(str(Path(fonts).parent / "NotoSansSC-Regular.otf"))
    families = QFontDatabase.applicationFontFamilies(added)
    if families:
        font = app.font()
        font.setFamilies([font.family(), *families])
        app.setFont(QFont(font))
