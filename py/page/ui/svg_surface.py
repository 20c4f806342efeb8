"""A function of two variables as a net of lines in space, seen from a side that can be chosen."""

import math

from ui import svg

WIDTH, HEIGHT = 320, 230  # px
TILT = 0.42  # how far the ground is seen from above: 0 from the side, 1 from straight above


def draw(place, name, edge, heights, degrees, point):
    """heights: rows for x1, columns for x0, both from -edge to edge. point: (x0, x1, height), marked."""
    turn = math.radians(degrees)
    top = max([max(row) for row in heights])
    unit = 0.33 * WIDTH / edge

    def seen(x0, x1, height):
        right = x0 * math.cos(turn) - x1 * math.sin(turn)
        near = x0 * math.sin(turn) + x1 * math.cos(turn)
        return WIDTH / 2 + right * unit, 0.72 * HEIGHT + near * unit * TILT - height / top * 0.42 * HEIGHT

    last = len(heights) - 1
    places = [edge * (2 * i / last - 1) for i in range(last + 1)]
    picture = svg.drawing(WIDTH, HEIGHT, name)
    for i in range(last + 1):
        along = [seen(places[k], places[i], heights[i][k]) for k in range(last + 1)]
        across = [seen(places[i], places[k], heights[k][i]) for k in range(last + 1)]
        picture.append(svg.path(along, "net"), svg.path(across, "net"))
    x, y = seen(*point)
    foot = seen(point[0], point[1], 0)
    picture.append(svg.line(x, y, foot[0], foot[1], "here"))
    picture.append(svg.shape("circle", cx=x, cy=y, r=6, **{"class": "point"}))
    place.replaceChildren(picture)
