"""Curves of objective against time as SVG, both axes logarithmic."""
import math

COLORS = ["#1b6ca8", "#c8553d", "#4f772d", "#7b2d8b"]


def curves(path, title, series, until):
    """`series`: {name: [(seconds, objective)]}, steps that hold until the next."""
    points = [p for line in series.values() for p in line if p[1] > 0]
    if not points:
        return
    left, right = math.log10(0.1), math.log10(until)
    low, high = math.log10(min(p[1] for p in points) * 0.95), math.log10(max(p[1] for p in points) * 1.05)
    width, height, x0, y0 = 720, 400, 70, 40

    def at(seconds, value):
        x = x0 + (math.log10(min(max(seconds, 0.1), until)) - left) / (right - left) * (width - x0 - 20)
        return x, y0 + (high - math.log10(value)) / (high - low) * (height - y0 - 50)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/><text x="{x0}" y="22" font-size="15">{title}</text>']
    for k in range(-1, math.ceil(right) + 1):
        for m in (1, 2, 5):
            s = m * 10.0 ** k
            if 0.1 <= s <= until:
                x, _ = at(s, 10 ** high)
                out.append(f'<path d="M{x:.1f} {y0}V{height - 50}" stroke="#ddd"/><text x="{x:.1f}" y="{height - 34}" text-anchor="middle">{s:g} s</text>')
    for i in range(6):
        value = 10 ** (low + (high - low) * i / 5)
        _, y = at(1, value)
        out.append(f'<path d="M{x0} {y:.1f}H{width - 20}" stroke="#ddd"/><text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>')
    for n, (name, line) in enumerate(series.items()):
        color = COLORS[n % len(COLORS)]
        line = [p for p in line if p[1] > 0]
        path_data = ""
        for i, (seconds, value) in enumerate(line):
            x, y = at(seconds, value)
            path_data += f"{'M' if i == 0 else 'H'}{x:.1f}{' ' if i == 0 else 'V'}{y:.1f}"
        if line:
            out.append(f'<path d="{path_data}H{at(until, 1)[0]:.1f}" fill="none" stroke="{color}" stroke-width="2"/>')
        label = f"{name}: {line[-1][1]:,.0f}" if line else f"{name}: nothing better"
        out.append(f'<text x="{x0 + (width - x0 - 20) // len(series) * n}" y="{height - 12}" fill="{color}">{label}</text>')
    out.append("</svg>\n")
    path.write_text("\n".join(out))
