use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

use super::place::beyond_parsing;
use super::{Part, PromptError, TemplateParts};

/// What a part may cost at most: an instruction costs one, and so do 64 bytes that it makes. It
/// bounds time and memory alike, to some 6 MB.
pub(super) const FUEL: u64 = 100_000;
/// What a part may become at most, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;

/// A template that is ready to be rendered.
#[derive(Debug)]
pub(super) struct Compiled(Environment<'static>);

impl Compiled {
    /// Compiles both parts. There is no loader, nothing is escaped, and what is undefined is an
    /// error.
    pub(super) fn new(parts: &TemplateParts) -> Result<Self, PromptError> {
        let mut environment = environment(FUEL);
        for (part, text) in parts.each() {
            if beyond_parsing(text).is_some() {
                return Err(PromptError::TooComplex { part });
            }
            environment
                .add_template_owned(part.as_str(), text.to_owned())
                .map_err(|source| PromptError::Template { part, source })?;
        }
        Ok(Self(environment))
    }

    pub(super) fn render(&self, part: Part, variables: Value) -> Result<String, PromptError> {
        let rendered = self
            .0
            .get_template(part.as_str())
            .and_then(|template| template.render(variables))
            .map_err(|source| PromptError::Template { part, source })?;
        if rendered.len() > LONGEST {
            return Err(PromptError::TooLong { part });
        }
        Ok(rendered)
    }
}

/// Renders one part, whose errors tell where they are.
pub(super) fn try_out(source: &str, fuel: u64, variables: Value) -> Result<String, Error> {
    let mut environment = environment(fuel);
    environment.set_debug(true);
    let template = environment.template_from_str(source)?;
    template.render(variables)
}

/// The names that a part uses and does not set itself.
pub(super) fn used_names(source: &str) -> Result<Vec<String>, Error> {
    let mut environment = environment(FUEL);
    environment.set_debug(true);
    let template = environment.template_from_str(source)?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    Ok(names)
}

fn environment(fuel: u64) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(fuel));
    environment
}
