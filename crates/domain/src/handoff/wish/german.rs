use super::pattern::Grammar;

pub(super) const GRAMMAR: Grammar = Grammar {
    classes: &[
        (
            "open",
            "bitte hallo hi hey ok okay ja nein moin servus guten tag also und aber nun jetzt sorry \
             danke liebes team gern gerne sehr geehrte damen herren doch",
        ),
        (
            "polite",
            "bitte ein eine einen einem einer echter echte echten richtiger richtige richtigen jetzt \
             sofort danke nen n mit lebender lebende menschlicher menschlichen",
        ),
        (
            "tail",
            "bitte jetzt sofort danke hier und oder aber der die das zum zur uber ueber wegen am im \
             statt kein keine keinen keinem nicht zu weil da dran heute morgen per von aus ans an \
             sprechen reden wenn weiter durch",
        ),
        (
            "fin",
            "bitte jetzt sofort danke hier und oder kein keine keinen nicht statt der_mir \
             die_mir zum_sprechen zum_reden am_telefon am_apparat der_hilft da erreichbar",
        ),
        ("subject", "ich wir"),
        ("thought", "dass denke glaube meine sage"),
        (
            "not",
            "nicht kein keine keinen keinem keiner nie niemals ohne statt anstatt",
        ),
        (
            "adv",
            "gerne gern bitte jetzt sofort endlich nur einfach lieber mal direkt doch auch dringend \
             unbedingt wirklich hier vielleicht heute mich uberhaupt ueberhaupt irgendwie noch mal \
             nochmal wenigstens personlich persoenlich telefonisch schnell kurz das",
        ),
        (
            "modal",
            "mochte moechte will wurde wuerde muss wollen mochten moechten kann konnte koennte darf konnen koennen konnten wunsche wuensche musste",
        ),
        (
            "fill",
            "einem einer einen eine ein nem nen n dem der den die das echten echter echte echtes echtem richtigen \
             richtiger richtige menschlichen menschlicher menschliche lebenden lebende lebendigen \
             realen reale wirklichen wirkliche ihrem ihrer ihren eurem eurer euren anderen anderer \
             vom von aus im kompetenten zustandigen zustaendigen irgendeinem irgendeinen support \
             kundenservice kundendienst team service einzigen normalen",
        ),
        (
            "person",
            "mensch menschen mitarbeiter mitarbeiterin mitarbeitern berater beraterin sachbearbeiter \
             sachbearbeiterin ansprechpartner ansprechpartnerin kundenberater kundenberaterin \
             kundenbetreuer supportmitarbeiter servicemitarbeiter support_mitarbeiter \
             service_mitarbeiter operator agent agenten vorgesetzten echte_person richtige_person \
             reale_person menschliche_person lebende_person echten_person kundendienstmitarbeiter",
        ),
        (
            "someone",
            ":person jemand jemandem jemanden irgendwem irgendjemandem person kundenservice \
             kundendienst kundensupport support_team support leuten",
        ),
        (
            "talk",
            "sprechen reden chatten telefonieren schreiben unterhalten verbunden verbinden kommunizieren \
             kontakt_aufnehmen in_kontakt_treten in_verbindung_treten in_verbindung_setzen \
             zu_sprechen zu_reden zu_chatten zu_telefonieren quatschen klaren klaeren besprechen",
        ),
        (
            "need",
            "brauche brauchen will mochte moechte wollen benotige benoetige benotigen wunsche wuensche verlange fordere hatte_gern hatte_gerne haette_gern haette_gerne wurde_gern",
        ),
        (
            "caller",
            "jemand sie ihr du irgendjemand einer irgendwer ein_mensch ein_mitarbeiter eine_mitarbeiterin ein_berater",
        ),
        (
            "bot",
            "bot roboter chatbot maschine ki computer automaten bots robotern",
        ),
    ],
    wishes: &[
        // Ich möchte mit einem Menschen sprechen.
        ":modal|hatte|haette ich|wir|man? :adv* mit :fill* :someone ~ :talk",
        ":modal ich|wir? :adv* :talk :adv* mit :fill* :someone $",
        "ich|wir :modal :adv* mit :fill* :someone $",
        "^ :adv* mit :fill* :someone :adv* :talk",
        "moglich|moeglich|moglichkeit|moeglichkeit :adv* mit :fill* :someone ~ :talk",
        "lassen|lass|lasst sie? mich|uns :adv* mit :fill* :someone ~ :talk",
        "sprechen|reden mit :fill* :person .",
        ":modal ich|wir :adv* :fill* :person sprechen|erreichen|haben|kontaktieren",
        "ich|wir :modal :adv* :fill* :person sprechen|erreichen|kontaktieren $",
        "wie erreiche|kontaktiere|bekomme|kriege ich :adv* :fill* :person|kundendienst|kundenservice $",
        // Verbinden Sie mich mit einem Mitarbeiter.
        "verbinden|verbinde|verbindet|leiten|leite|stellen|geben|gib|vermitteln sie? mich|uns|das|mein|anliegen* :adv* mit|an|zu :fill* :someone $",
        "mich|uns|das :adv* mit|an|zu :fill* :someone :adv* verbinden|weiterleiten|weiterverbinden|durchstellen|weitergeben|ubergeben|uebergeben",
        // Ich brauche einen Menschen.
        "ich|wir :need :adv* :fill* :person .",
        "^ :adv* :need :adv* :fill* :person .",
        "geben|gib|gebt|holen|hol|holt sie? mir|uns|mich|bitte* :fill* :person .",
        // Ist da jemand?
        "ist|is|sind da|hier|dort :adv* :fill* jemand|mensch|echte_person|irgendjemand|person|wer|menschen .",
        "ist :fill* jemand|mensch|mitarbeiter|berater da|hier|erreichbar|online|verfugbar|verfuegbar .",
        "^ jemand da|hier|anwesend|online .",
        "gibt es|s hier|da|bei|ihnen|euch|auch* :fill* mensch|menschen|echte_person|mitarbeiter|ansprechpartner .",
        // Kann mich jemand anrufen?
        "kann|konnte|koennte|konnten|koennten|konnen|koennen|wurde|wuerde|soll|sollte|kannst|moge mich|uns? bitte? :caller :fill* mich|uns? ~ anrufen|zuruckrufen|zurueckrufen|kontaktieren|anruft",
        "kann|konnte|koennte|konnten|koennten|soll|sollte|sollten bitte? :fill* :person sich? das|dies|mal|bitte|mir|mein|meine|meinen* ~ ansehen|anschauen|helfen|antworten|kummern|kuemmern|ubernehmen|uebernehmen .",
        "rufen|ruf|rufe|ruft sie? mich|uns :adv* an|zuruck|zurueck",
        "bitte um :fill* ruckruf|rueckruf|anruf",
        "ruckruf|rueckruf bitte|erbeten|erwunscht",
        "ich|wir :need|bitte|bitten|erbitte :adv* um|einen|ein* :fill* ruckruf|rueckruf|anruf $",
        "ich|wir :modal :adv* angerufen|zuruckgerufen|zurueckgerufen werden",
        "bitte mich? anrufen|zuruckrufen|zurueckrufen .",
        "mich :adv* anrufen|zuruckrufen|zurueckrufen .",
    ],
    refusals: &[
        "nicht|nicht_mehr :adv* mit :fill* :bot",
        ":need keinen|kein|keine :fill* :bot .",
        "^ kein|keine|keinen :bot .",
    ],
};
