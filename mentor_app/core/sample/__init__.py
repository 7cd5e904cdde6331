"""The invented company: a year of everything the app holds, made by code, the same every time."""
