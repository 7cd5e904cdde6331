"""Personal data: what is kept about somebody, erasing it on request, two records of one person, records made by mistake."""
