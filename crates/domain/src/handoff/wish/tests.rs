use super::*;

const ENGLISH: &[&str] = &[
    "I want to talk to a human",
    "talk to a human",
    "Can I talk to a human?",
    "can i speak to a person",
    "Could I please speak with an agent?",
    "I would like to speak with a representative.",
    "I'd like to talk to someone from your support team",
    "let me talk to a real person",
    "Please let me speak to a human being",
    "real person please",
    "REAL PERSON PLEASE!!!",
    "human",
    "Human please",
    "agent",
    "Operator!",
    "representative",
    "live agent",
    "a human, please",
    "I need a human",
    "I need a real person now",
    "I want an actual human being",
    "get me a human",
    "Give me a person who can help",
    "connect me to an agent",
    "Please connect me with a live agent.",
    "transfer me to a representative",
    "Put me through to an operator please",
    "can you transfer me to somebody in billing support?",
    "Can someone call me?",
    "Could somebody please call me back?",
    "please call me",
    "Please phone me tomorrow",
    "call me back please",
    "I want a callback",
    "can I get a call back?",
    "is there anybody there?",
    "Is anyone there?",
    "hello? anybody there?",
    "Is there a real person I can talk to?",
    "are there any humans here?",
    "How do I talk to a human?",
    "how can I reach a person",
    "how can i contact customer service",
    "where can I speak to someone?",
    "Why can't I talk to a human?",
    "I cannot reach a human",
    "This is not helpful. I want to speak to a manager.",
    "I don't want to talk to a bot",
    "I do not want to speak with a machine, connect me to a person",
    "not a bot, a human",
    "no bots please",
    "stop this, I'm tired of talking to a robot",
    "escalate this to a human",
    "please escalate",
    "hand me over to a human",
    "Can a human look at this?",
    "can an agent help me",
    "have a human being review this please",
    "I want to tlak to a human",
    "i need a humna agent",
    "speak with an agnet",
    "I'd rather talk to a person",
    "I really need to speak to someone about my order",
    "is it possible to chat with a person?",
    "I just want to talk to a human being, please!",
    "Hi there, my order never came.\n\nI want to speak with a person about it.",
    "no, i want a human",
    "I would prefer a human",
    "would it be possible to speak to a person",
    "I demand to speak to your supervisor",
    "Can you get me a real person?",
    "human agent pls",
    "customer service representative",
    "I want human support",
    "This is not helpful I want to talk to a human",
    "that did not work i need a human",
];

const GERMAN: &[&str] = &[
    "Ich möchte mit einem Menschen sprechen",
    "Kann ich bitte mit jemandem reden?",
    "Ich will mit einem echten Mitarbeiter sprechen!",
    "mit einem Menschen sprechen bitte",
    "Verbinden Sie mich mit einem Mitarbeiter",
    "Können Sie mich bitte mit einem Berater verbinden?",
    "Ich brauche einen Menschen",
    "Ich will einen echten Menschen",
    "Mensch bitte",
    "Echter Mitarbeiter, bitte",
    "Ist da jemand?",
    "Gibt es hier echte Menschen?",
    "Kann mich jemand anrufen?",
    "Könnten Sie mich bitte zurückrufen?",
    "Rufen Sie mich bitte an",
    "Ich bitte um Rückruf",
    "Ich will nicht mit einem Bot reden",
    "Ich moechte mit einer Person sprechen",
    "Wie kann ich mit jemandem vom Support sprechen?",
];

const FRENCH: &[&str] = &[
    "Je veux parler à un humain",
    "Je voudrais parler à quelqu'un, s'il vous plaît",
    "Puis-je parler à un conseiller ?",
    "Est-ce que je peux parler avec une vraie personne ?",
    "parler à un agent",
    "Passez-moi un conseiller",
    "Mettez-moi en relation avec un humain svp",
    "Un humain svp",
    "J'ai besoin d'un conseiller",
    "Je voudrais être mis en relation avec un agent",
    "Y a-t-il quelqu'un ?",
    "Quelqu'un peut-il m'appeler ?",
    "Pouvez-vous me rappeler ?",
    "Rappelez-moi s'il vous plaît",
    "Je ne veux pas parler à un robot",
    "Comment parler à un conseiller ?",
    "J'aimerais parler à une personne réelle",
];

const SPANISH: &[&str] = &[
    "Quiero hablar con una persona",
    "¿Puedo hablar con alguien?",
    "Me gustaría hablar con un agente, por favor",
    "Necesito hablar con un humano",
    "hablar con un asesor",
    "Páseme con un agente",
    "¿Me puede comunicar con una persona?",
    "Necesito un humano",
    "persona real por favor",
    "Un agente, por favor",
    "¿Hay alguien ahí?",
    "¿Alguien me puede llamar?",
    "¿Pueden llamarme?",
    "Llámenme por favor",
    "No quiero hablar con un robot",
    "¿Cómo puedo hablar con un representante?",
    "Quisiera comunicarme con servicio al cliente",
];

/// None of these asks for a person.
const NO_WISHES: &[&str] = &[
    "I talked to a person yesterday",
    "I spoke with an agent last week and nothing happened",
    "Your agent told me to restart the router",
    "The representative I spoke with was kind",
    "human resources",
    "I want to talk to human resources about my payslip app",
    "How do I add human resources to my account?",
    "What are the agent fees?",
    "I need agent fees explained",
    "agent fees",
    "I don't need a human",
    "I do not want to talk to a human",
    "no need for a human, thanks",
    "Please don't call me",
    "do not transfer me to an agent",
    "I never want to speak with an agent again",
    "no human please",
    "I do not think I need a human",
    "I never said I want to talk to a person",
    "I do not say that I want an agent",
    "without talking to a person",
    "How do I reset my password?",
    "Can someone help me reset my password?",
    "Can anyone log in right now?",
    "Is there anyone else who can see my files?",
    "Is there a person limit on my plan?",
    "price per person",
    "How many people can use one account?",
    "I need to add a person to my account",
    "Can I get a person's details removed?",
    "Do I need a human translator?",
    "How do customers talk to an agent in my chat widget?",
    "What user agent do you block?",
    "My user agent is Firefox",
    "It was human error on my side",
    "Is the export human readable?",
    "How do I set the operator role?",
    "The operator of my phone network is Vodafone",
    "Please send me a representative sample",
    "An agent promised me a refund",
    "your representative called me yesterday",
    "Someone called me from your number",
    "They call me every day",
    "the callback URL is wrong",
    "How do I request a callback URL?",
    "I need a callback function for the webhook",
    "Can I get a call recording?",
    "Who is your travel agent?",
    "the person who ordered is not me",
    "I was talking to a friend about your service",
    "Is there anybody else with this problem?",
    "My bot does not answer",
    "How do I talk to the API?",
    "I want to chat with my friends in the app",
    "Can I transfer my ticket to another account?",
    "How do I connect my phone to the speaker?",
    "Real estate agent discount",
    "Can I pay in person?",
    "missing person field in the form",
    "Agent: Tom\nOrder: 17",
    "Operator\nVodafone",
    "> I want to talk to a human\nThat is what the others wrote.",
    "How do I escalate privileges on my server?",
    "The assistant is great, no need to call anyone",
    "I want to put a person in the picture",
    "Where do I find the agents page?",
    "Is human review part of your moderation?",
    "The human body model in the game is broken",
    "It should say manager, not agent",
    "The human-made translation is better",
    "",
    "...",
    "?!",
    // German
    "Ich habe gestern mit einem Mitarbeiter gesprochen",
    "Ihr Mitarbeiter sagte mir, dass es geht",
    "Ich brauche keinen Menschen",
    "Ich möchte nicht mit einem Menschen sprechen",
    "Was kostet das pro Person?",
    "Wie bekomme ich den Mitarbeiterrabatt?",
    "Ich möchte einen Mitarbeiter anlegen",
    "Wie füge ich eine Person hinzu?",
    "Rufen Sie mich bitte nicht an",
    "Ist da jemand anderes in meinem Konto gewesen?",
    "Kann jemand mein Passwort sehen?",
    "Wann kommt mein Paket?",
    // French
    "J'ai parlé à un conseiller hier",
    "Votre agent m'a dit d'attendre",
    "Je n'ai pas besoin d'un humain",
    "Je ne veux pas parler à un agent",
    "Quel est le prix par personne ?",
    "ressources humaines",
    "Comment ajouter une personne à mon compte ?",
    "Quels sont les frais d'agent ?",
    "Ne me rappelez pas",
    "Quelqu'un a utilisé mon compte",
    // Spanish
    "Ayer hablé con una persona",
    "Su agente me dijo que esperara",
    "No necesito un humano",
    "No quiero hablar con un agente",
    "¿Cuál es el precio por persona?",
    "recursos humanos",
    "¿Cómo añado una persona a mi cuenta?",
    "No me llamen",
    "Alguien usó mi cuenta",
    "¿Cuánto tarda el envío?",
];

#[test]
fn wishes_for_a_person_are_understood_in_four_languages() {
    let tables = [
        (Language::English, ENGLISH),
        (Language::German, GERMAN),
        (Language::French, FRENCH),
        (Language::Spanish, SPANISH),
    ];
    let missed: Vec<_> = tables
        .into_iter()
        .flat_map(|(language, table)| table.iter().map(move |text| (*text, Some(language))))
        .filter(|(text, language)| wish_for_a_person(text) != *language)
        .map(|(text, _)| (text, wish_for_a_person(text)))
        .collect();
    assert_eq!(missed, []);
}

#[test]
fn other_questions_are_no_wishes_for_a_person() {
    let mistaken: Vec<_> = NO_WISHES
        .iter()
        .filter(|text| wish_for_a_person(text).is_some())
        .collect();
    assert!(mistaken.is_empty(), "{mistaken:?}");
}

#[test]
fn case_signs_and_spaces_do_not_matter() {
    for text in ENGLISH.iter().chain(GERMAN).chain(FRENCH).chain(SPANISH) {
        for other in [
            text.to_uppercase(),
            format!("  {text} !!!"),
            text.replace(' ', "  "),
            text.trim_end_matches(['.', '!', '?', ' ']).to_owned(),
        ] {
            assert_eq!(
                wish_for_a_person(&other),
                wish_for_a_person(text),
                "{other}"
            );
        }
    }
}

#[test]
fn a_long_text_is_read_to_its_end() {
    let long = "The parcel came on a Monday and it was wet, so I dried it. ".repeat(160);
    assert_eq!(wish_for_a_person(&long), None);
    let with_wish = format!("{long} Please let me talk to a human.");
    assert_eq!(wish_for_a_person(&with_wish), Some(Language::English));
    let endless = "i want to talk to a a a a a a a ".repeat(400);
    assert_eq!(wish_for_a_person(&endless), None);
}
