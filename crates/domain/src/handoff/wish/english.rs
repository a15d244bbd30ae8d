use super::pattern::Grammar;

pub(super) const GRAMMAR: Grammar = Grammar {
    classes: &[
        (
            "open",
            "please pls plz hi hello hey ok okay yes no nope yeah well so then and but sorry just now \
             thanks look listen dear team sir madam still again really actually urgent urgently",
        ),
        (
            "polite",
            "please pls plz a an the real live actual now asap immediately thanks thank you some any \
             to for me with your service customer support right another proper genuine",
        ),
        (
            "tail",
            "please pls plz now asap immediately today tonight tomorrow right directly instead here \
             who whom about regarding on at and or but because not rather thanks thank soon urgently \
             is if over so since as from in via again quickly first before then ok okay anymore i we \
             this after when without of_yours to_help to_talk to_speak to_assist to_answer to_call \
             to_contact to_look to_fix to_handle to_solve to_resolve to_review to_check to_sort \
             to_discuss to_get to_read to_take for_this for_help for_that for_my for_me with_this \
             with_me with_my that_can that_could that_will that_actually that_understands that_knows \
             by_phone by_chat by_email",
        ),
        (
            "fin",
            "please pls plz now asap today right_now at_all or thanks on_the_other on_the_line \
             who_can_help to_help that_can_help i_can_talk i_can_speak i_could_talk i_could_speak \
             that_i_can who_i_can to_talk to_speak and not instead",
        ),
        ("subject", "i we"),
        (
            "thought",
            "think thought believe say said says mean feel suppose that know claim",
        ),
        ("not", "not never no without nor neither dont cannot nobody"),
        (
            "adv",
            "really just urgently please now simply would_really only also still actually rather \
             immediately finally kindly have_to prefer maybe possibly at_least directly definitely \
             pls plz",
        ),
        (
            "want",
            "want wanna need want_to need_to would_like would_like_to d_like d_like_to would_love_to \
             d_love_to wish_to prefer_to would_prefer would_prefer_to d_prefer d_prefer_to would_rather \
             d_rather have_to must ve_got_to got_to gotta demand_to am_trying_to m_trying_to \
             was_hoping_to hope_to require_to would_want_to would_need_to wish_i_could ask_to \
             am_asking_to m_asking_to insist_on demand would_appreciate_it_if_i_could",
        ),
        (
            "talk",
            "talk tlak talk speak chat talking speaking chatting communicate connect get_in_touch \
             get_in_contact be_connected be_transferred get_connected get_transferred get_through \
             be_put_through get_hold_of get_a_hold_of have_a_word have_a_chat have_a_conversation \
             discuss_this discuss_it discuss_my_issue deal interact be_in_touch get_over \
             be_passed be_handed_over be_escalated go_through speak_directly talk_directly",
        ),
        (
            "fill",
            "a an the any some real live actual your ur human customer service support care one of \
             from in proper genuine technical tech sales billing senior competent qualified living \
             breathing real_life flesh_and_blood damn single fucking bloody for this company \
             representative nice else normal other another different somebody someone helpful",
        ),
        (
            "person",
            "human humans person agent representative rep operator advisor adviser supervisor manager \
             representitive representive csr employee human_being human_beings human_support \
             human_help human_assistance human_interaction human_intervention human_contact \
             human_service human_colleague employee team_member staff_member member_of_staff support_agent support_person \
             support_rep consultant attendant live_support live_chat live_help",
        ),
        (
            "someone",
            ":person someone somebody anyone anybody people staff support_team support_staff team \
             customer_service customer_support customer_care customer_services support specialist \
             expert peron humna",
        ),
        (
            "real",
            "human real_person actual_person live_person live_agent real_human actual_human \
             human_agent real_agent human_being real_human_being person real_life_person",
        ),
        (
            "caller",
            "someone somebody anyone anybody one_of_you your_team you ya u a_human a_person an_agent \
             a_representative a_rep a_manager an_advisor a_supervisor a_real_person an_operator \
             an_actual_person a_specialist",
        ),
        (
            "may",
            "can could will would may please have get want need let ask like",
        ),
        (
            "call",
            "call phone ring telephone contact reach call_back reach_out_to get_back_to message",
        ),
        (
            "help",
            "help assist look answer respond reply review handle check read take deal talk speak \
             contact call step join fix solve resolve sort get_back",
        ),
        (
            "case",
            "this it that my our the call chat ticket case issue conversation matter request problem \
             question through over on up back straight directly",
        ),
        (
            "bot",
            "bot bots robot robots chatbot chatbots machine machines ai virtual_assistant computer \
             automated_system automated_assistant automated_replies chat_bot",
        ),
        (
            "any",
            "someone anyone anybody somebody human humans person agent representative rep operator \
             human_being live_person",
        ),
    ],
    wishes: &[
        // I would like to talk to a human.
        "i|we :adv* :want :adv* :talk :adv* to|with|w :fill* :someone $",
        "can|could|may|cant|couldnt|can_not|ca_not|could_not i|we :adv* :talk :adv* to|with|w :fill* :someone $",
        "can|could|may i|we not :talk to|with :fill* :someone $",
        "let|allow me|us to? :adv* :talk :adv* to|with|w :fill* :someone $",
        "how|where|when|why do|can|could|would|should|to|ca i|we|not* i? :adv* :talk :adv* to|with|w :fill* :someone $",
        "how to :talk to|with|w :fill* :someone $",
        "^ :adv* :want? to? :adv* :talk :adv* to|with|w :fill* :someone $",
        "why do|will|wo|can|ca|would|could not you just|simply? let me|us to? :talk to|with|w :fill* :someone $",
        "possible|way|option|chance|possibility to|of|for|me|i|can* :talk to|with|w :fill* :someone $",
        "id like to :talk to|with|w :fill* :someone $",
        // How can I reach a person?
        "i|we :adv* :want :adv* reach|contact|get|have|see :fill* :person $",
        "how|where do|can|could|to i|we? :adv* reach|contact|get|find :fill* :person|customer_service|customer_support|customer_care $",
        "can|could|may i|we :adv* reach|contact|get|have|see :fill* :person $",
        "i|we :adv* :want :adv* be contacted|called|helped|answered|served|assisted|advised by :fill* :person $",
        "can_not|ca_not|cannot reach|get|find :fill* :person $",
        // I need a person.
        "i|we :adv* want|need|would_like|d_like|would_prefer|d_prefer|prefer|demand|require|request|would_love|am_requesting|m_requesting|am_asking_for|m_asking_for|asked_for|insist_on|would_rather_have|d_rather_have|expect :fill* :person $",
        "^ :adv* need|want|prefer|requesting|request|give_me|get_me|looking_for|asking_for :fill* :person $",
        "get|give|find|send|bring|gimme|getme me|us? :fill* :person $",
        "is_this :fill* :person . impossible",
        // Put me through to somebody.
        "connect|transfer|pass|put|forward|hand|switch|redirect|route|patch|direct|refer|send|conect me|us through|over|on|straight|back* to|with|through :fill* :someone $",
        "connect|transfer|hand|switch|pass this|the chat|call|conversation over|on|up* to|with :fill* :person $",
        "escalate|hand|pass|forward :case* to :fill* :person $",
        "please escalate :case* $",
        "put :fill* :real on $",
        "hand over to :fill* :person $",
        // Can someone call me?
        ":may :caller :fill* to? please|pls|just|maybe? :call me|us",
        ":may :caller :fill* to? please? get in touch|contact with me|us",
        ":may :caller :fill* to? take_over",
        ":may :caller :fill* to? please? talk|speak|chat to|with me|us",
        ":may :caller :fill* to? please? give me|us a call|ring $",
        "please|pls|plz call|phone|ring|telephone me|us",
        "^ :adv* call|phone|ring|telephone me|us back|please|on|at|asap|now",
        "^ :adv* call|phone|ring|telephone me|us .",
        "give me|us a call|ring|callback|phone_call $",
        "i|we :adv* :want to? get|have|receive|request|book|schedule? a|the? call_back|callback|phone_call|call $",
        "can|could|may i|we :adv* get|have|request|book|schedule|receive|arrange a? call_back|callback|phone_call|call $",
        "^ :adv* request|need|want|requesting|get a? callback|call_back|phone_call $",
        // Can a human help me?
        "can|could|will|would|have|want|need|let|get|please :fill* :person :fill* to? please? help|assist|call|contact|reply_to|respond_to|answer|get_back_to me|us",
        "can|could|will|would|have|want|need|let|get|please|like a|an|any|some|the* :real :fill* to? please? :help",
        "a|an|any|some|the :real should|must|shall|has_to|needs_to|ought_to please? :help",
        // Is there anybody there?
        "is|are|is_there|are_there :fill* :any there|here|around|available|online|listening|reading|alive|home|out_there .",
        "^ :fill* :any there|here|out_there|home .",
        "is|are there :fill* :any|people real|human|alive? who|that|whom? i|we can|could|may :talk",
        "is|are there :fill* :any|people to :talk",
        "is|are there :fill* human|humans|real_person|live_agent|live_person|real_people|actual_person .",
    ],
    refusals: &[
        "not|dont want|wanna|wish|like to|2? :talk to|with|w|2 :fill* :bot",
        "can|ca not :talk to|with :fill* :bot anymore|any_more|any_longer",
        "not want|wanna :fill* :bot .",
        "not talking|speaking|chatting|going_to_talk|gonna_talk to|with :fill* :bot",
        "^ no_more|no|not :fill* :bot .",
        "stop|hate|hating|tired_of|sick_of|fed_up_with|enough_of|done talking|speaking|chatting|dealing to|with :fill* :bot",
    ],
};
