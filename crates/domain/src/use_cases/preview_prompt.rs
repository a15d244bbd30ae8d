use std::slice;

use super::prompting::{Asked, Prompting};
use super::save_prompt_template::{ManageTemplatesError, ensure_admin};
use crate::ids::TicketId;
use crate::message::{Author, Message};
use crate::ports::ChatRequest;
use crate::prompt::{
    Extent, PromptLimits, PromptTemplate, TemplateName, TemplateParts, TemplateText,
    estimated_tokens_of,
};
use crate::reply::PromptRecord;
use crate::user::Actor;

/// What of a template is tried instead of what is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptDraft {
    /// The system part.
    pub system: Option<TemplateText>,
    /// The user part.
    pub user: Option<TemplateText>,
}

/// What a model would be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The request.
    pub request: ChatRequest,
    /// From what it was made.
    pub record: PromptRecord,
    /// Whether parts were tried that are not in force.
    pub is_draft: bool,
    /// About how many tokens the prompt has.
    pub estimated_tokens: usize,
    /// How many it may have, and the answer.
    pub limits: PromptLimits,
}

/// Shows what a model would be asked about a ticket, without asking it; for admins.
pub struct PreviewPrompt {
    prompting: Prompting,
}

impl PreviewPrompt {
    /// Wires the use case.
    pub fn new(prompting: Prompting) -> Self {
        Self { prompting }
    }

    /// Renders a template, or a draft of one, for the newest question of a ticket.
    ///
    /// # Errors
    /// [`ManageTemplatesError`] for anybody but admins, when there is no such template or ticket, and
    /// for what does not render.
    pub async fn execute(
        &self,
        actor: Actor,
        name: TemplateName,
        draft: PromptDraft,
        ticket_id: TicketId,
    ) -> Result<Preview, ManageTemplatesError> {
        ensure_admin(actor)?;
        let prompting = &self.prompting;
        let is_draft = draft.system.is_some() || draft.user.is_some();
        let template = self.template(name, draft).await?;
        let ticket = prompting
            .tickets
            .find(ticket_id)
            .await?
            .ok_or(ManageTemplatesError::NoSuchTicket)?;
        let public = prompting.public(&ticket).await?;
        let (history, question) = split_at_newest_question(&public);
        let asked = Asked {
            ticket: &ticket,
            history,
            question,
        };
        let parts = prompting.parts(asked).await?;
        let request = prompting.factory.request(&template, parts, Extent::Whole)?;
        Ok(Preview {
            record: prompting.record(template.reference(), &request),
            is_draft,
            estimated_tokens: estimated_tokens_of(&request.turns),
            limits: prompting.factory.limits(),
            request,
        })
    }

    async fn template(
        &self,
        name: TemplateName,
        draft: PromptDraft,
    ) -> Result<PromptTemplate, ManageTemplatesError> {
        let newest = self.prompting.templates.find_newest(slice::from_ref(&name));
        let in_force = PromptTemplate::in_force(&name, newest.await?.into_iter().next());
        let is_draft = draft.system.is_some() || draft.user.is_some();
        let (version, parts) = in_force.map_or((0, None), |it| (it.version, it.parts));
        let (system, user) = parts.map(|parts| (parts.system, parts.user)).unzip();
        let parts = match (draft.system.or(system), draft.user.or(user)) {
            (Some(system), Some(user)) => TemplateParts { system, user },
            _ => return Err(ManageTemplatesError::NotFound),
        };
        if is_draft {
            parts.check().map_err(ManageTemplatesError::Invalid)?;
        }
        Ok(PromptTemplate {
            name,
            version,
            parts: Some(parts),
            authorship: None,
        })
    }
}

/// What was said before the newest customer message, and that message: none for the description.
fn split_at_newest_question(public: &[Message]) -> (&[Message], Option<&Message>) {
    let is_question = |message: &Message| matches!(message.author, Author::Customer(_));
    let Some(index) = public.iter().rposition(is_question) else {
        return (&[], None);
    };
    let (history, rest) = public.split_at(index);
    (history, rest.first())
}
