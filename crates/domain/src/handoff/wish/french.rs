use super::pattern::Grammar;

pub(super) const GRAMMAR: Grammar = Grammar {
    classes: &[
        (
            "open",
            "bonjour bonsoir salut allo ok oui non merci svp stp s il vous te plait et mais alors \
             donc bon desole maintenant madame monsieur",
        ),
        (
            "polite",
            "un une le la l vrai vraie reel reelle svp stp s il vous te plait merci maintenant de d a \
             avec immediatement en chair et os",
        ),
        (
            "tail",
            "svp stp s_il merci maintenant tout_de_suite immediatement et ou mais pas qui pour au a \
             car parce de_suite ici directement par sur concernant aujourd rapidement de_votre \
             de_l_equipe du_service du_support plutot dans en_direct de_reel de_vrai",
        ),
        (
            "fin",
            "svp stp s_il merci maintenant tout_de_suite immediatement et pas qui_peut pour_m_aider \
             ou plutot ici pour_parler",
        ),
        ("subject", "je j nous"),
        ("thought", "que pense crois dis dit"),
        ("not", "ne n pas jamais sans ni aucun aucune"),
        (
            "adv",
            "bien vraiment juste directement s_il_vous_plait s_il_te_plait svp stp maintenant \
             immediatement tout_de_suite simplement urgemment enfin plutot absolument",
        ),
        (
            "want",
            "veux voudrais souhaite souhaiterais aimerais desire prefere prefererais dois veut \
             voulons voudrions souhaitons peux pourrais peut exige demande voulais aimerai \
             ai_besoin_de besoin_de insiste_pour essaie_de cherche",
        ),
        (
            "talk",
            "parler discuter echanger communiquer chatter tchatter dialoguer m_adresser \
             etre_mis_en_relation etre_mise_en_relation etre_mis_en_contact etre_mise_en_contact \
             entrer_en_contact etre_en_contact etre_connecte etre_redirige etre_transfere \
             m_entretenir causer",
        ),
        (
            "fill",
            "un une le la l les des du de d vrai vraie veritable reel reelle votre vos humain humaine \
             service en autre physique client equipe competent competente quelconque seul",
        ),
        (
            "person",
            "humain humaine humains conseiller conseillere agent operateur operatrice representant \
             representante interlocuteur responsable superviseur technicien etre_humain vraie_personne \
             employe charge_de_clientele personne_reelle personne_humaine personne_physique \
             veritable_personne assistance_humaine aide_humaine",
        ),
        (
            "someone",
            ":person personne quelqu_un qqn service_client support assistance support_client \
             service_clientele membre_de_votre_equipe votre_equipe gens",
        ),
        (
            "bot",
            "robot bot machine ia chatbot ordinateur robots automate bots",
        ),
    ],
    wishes: &[
        // Je voudrais parler à un humain.
        "je|j|nous|on :adv* :want :adv* a|de|pouvoir? :talk :adv* a|avec|au|aux :fill* :someone $",
        "puis|pourrais|peux|pouvons|peut|pourrait|pourrions je|on|nous :adv* :talk :adv* a|avec|au|aux :fill* :someone $",
        "comment|possible|possibilite|moyen|possibilité de|d|puis|peut|faire|pour|je|on* :talk a|avec|au|aux :fill* :someone $",
        "^ :adv* :want? :talk :adv* a|avec|au|aux :fill* :someone $",
        "laissez|laisse moi :talk a|avec|au :fill* :someone $",
        "je|j|nous|on :adv* :want :adv* joindre|contacter|avoir|voir :fill* :someone $",
        "comment puis|peut|faire|je|on|pour* joindre|contacter|avoir :fill* :someone $",
        "puis|peut|pourrais je|on :adv* avoir|joindre|contacter :fill* :person $",
        // Passez-moi un conseiller.
        "passez|passe|mettez|mets|transferez|transfere|connectez|redirigez|dirigez|orientez|basculez|donnez moi|nous :adv* en? relation|contact|communication|ligne? a|avec|vers|au? :fill* :someone $",
        "pouvez|pourriez|peux|pourrais vous|tu me|nous :adv* passer|transferer|connecter|rediriger|mettre|orienter en? relation|contact|communication? a|avec|vers|au? :fill* :someone $",
        "me|etre|m mettre|mis|mise|passer|transferer|rediriger en? relation|contact? a|avec|vers|au? :fill* :person $",
        // J'ai besoin d'un humain.
        "je|j|nous|on :adv* :want|ai_besoin|avons_besoin :adv* :fill* :person .",
        "^ besoin d|de :fill* :person .",
        // Y a-t-il quelqu'un ?
        "y_a_t_il|il_y_a|y_a|ya_t_il :fill* quelqu_un|humain|vraie_personne|conseiller|personne_reelle|agent|etre_humain|personne_humaine en_ligne|ici|disponible|la|derriere? .",
        "^ quelqu_un ici|la|en_ligne|est_la|pour_m_aider .",
        // Quelqu'un peut-il m'appeler ?
        "quelqu_un|conseiller|agent|humain|vous|tu|on peut|pourrait|pourrais|peux|pouvez|pourriez il|elle|t|vous|tu* me|m|nous rappeler|appeler|contacter|telephoner",
        "pouvez|pourriez|peux|pourrais|peut|pourrait vous|tu|on|quelqu_un me|m|nous rappeler|appeler|telephoner",
        "rappelez|appelez|rappelle|appelle|telephonez|contactez moi|nous par_telephone|svp|stp|s_il|au|maintenant|vite|rapidement .",
        "rappelez|appelez|telephonez moi|nous $",
        "je|j|nous :want :adv* etre|qu_on|que|quelqu_un|l_on|on* rappele|rappelee|appele|appelee|me_rappelle|m_appelle|me_rappeliez",
    ],
    refusals: &[
        "veux|voudrais|souhaite|veut|aime pas|plus :talk a|avec|au :fill* :bot",
        "veux|voudrais|souhaite pas|plus :fill* :bot .",
        "marre|assez de|d :talk a|avec|au :fill* :bot",
        "^ pas :fill* :bot .",
        "je|j refuse de :talk a|avec|au :fill* :bot",
    ],
};
