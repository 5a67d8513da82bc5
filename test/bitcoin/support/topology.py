"""Whom a node adds, said once more and independently: design section 5."""


def added_by(count, ordinal):
    """Ordinals that node `ordinal` of a full mesh of `count` adds: each pair from one side only."""
    offsets = list(range(1, (count - 1) // 2 + 1))
    if count % 2 == 0 and ordinal < count // 2:
        offsets.append(count // 2)
    return sorted((ordinal + offset) % count for offset in offsets)
