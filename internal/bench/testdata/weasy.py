"""Prints an HTML file as PDF with WeasyPrint, and answers each line of its input,
a number, with the nanoseconds that one of so many prints took. Argument: HTML file."""
import sys
import time

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

with open(sys.argv[1], encoding="utf-8") as file:
    html = file.read()
fonts = FontConfiguration()
for line in sys.stdin:
    n = int(line)
    begun = time.perf_counter_ns()
    for _ in range(n):
        HTML(string=html).write_pdf(font_config=fonts)
    print((time.perf_counter_ns() - begun) // n, flush=True)
