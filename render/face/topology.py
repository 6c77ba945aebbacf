"""Index sets of MediaPipe's 478 face landmarks.

All contours run from the left of the picture to its right. "Right" and "left" in the names of
eyes are the person's own.
"""

LANDMARKS = 468
"""Vertices of the canonical face mesh; landmarks 468..477 are the irises."""

INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)

LIP_RINGS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    (INNER_UPPER, INNER_LOWER),
    (
        (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
        (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    ),
    (
        (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
        (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    ),
    (OUTER_UPPER, OUTER_LOWER),
)
"""Four closed rings of the lips, inner to outer, each (upper, lower)."""

LIPS = tuple(sorted({index for ring in LIP_RINGS for half in ring for index in half}))

EYE_RIMS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263)),
)
"""Lid rims of the right and the left eye, each (upper, lower)."""

EYE_CREASES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((130, 247, 30, 29, 27, 28, 56, 190, 243), (130, 25, 110, 24, 23, 22, 26, 112, 243)),
    ((463, 414, 286, 258, 257, 259, 260, 467, 359), (463, 341, 256, 252, 253, 254, 339, 255, 359)),
)
"""The ring around each rim: lid creases of the right and the left eye."""

EYES = tuple(sorted({index for eye in EYE_RIMS for half in eye for index in half}))

IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))
"""Right and left iris: centre, then four points of its rim."""

NEAR_MOUTH = (
    57, 287, 43, 273, 106, 335, 182, 406, 83, 313, 18, 164, 165, 167, 391, 393,
    92, 322, 186, 410, 212, 432, 202, 422, 204, 424, 194, 418, 201, 421, 200,
)  # fmt: skip

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The outline of the face, clockwise from the top of the forehead."""

UPPER_LIP, LOWER_LIP = 13, 14
"""Middles of the inner rims."""
MOUTH_CORNERS = (61, 291)
CHEEK_EDGES = (234, 454)
"""Ends of the face width."""
FOREHEAD, BRIDGE, CHIN = 10, 168, 152
CHEEKS = (50, 280)
