//! Values with tags in them.

/// A value with or without `{tag:KEY}` in it.
pub(super) enum Template<'a> {
    Plain(&'a str),
    Tagged(Vec<Part<'a>>),
}

pub(super) enum Part<'a> {
    Text(&'a str),
    Tag(&'a str),
}

/// Reads `{tag:KEY}`. A value with other braces is refused, since it is a misspelt tag far more often than a name.
pub(super) fn parse(text: &str) -> Result<Template<'_>, &'static str> {
    const EXPECTED: &str = "braces only as {tag:KEY}";
    if !text.contains(['{', '}']) {
        return Ok(Template::Plain(text));
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (tag, after) = after.split_once('}').ok_or(EXPECTED)?;
        let key = tag
            .strip_prefix("tag:")
            .filter(|key| !key.is_empty() && !key.contains('{'))
            .ok_or(EXPECTED)?;
        if before.contains('}') {
            return Err(EXPECTED);
        }
        parts.extend([Part::Text(before), Part::Tag(key)]);
        rest = after;
    }
    if rest.contains('}') {
        return Err(EXPECTED);
    }
    parts.push(Part::Text(rest));
    Ok(Template::Tagged(parts))
}
