use super::pattern::Grammar;

pub(super) const GRAMMAR: Grammar = Grammar {
    classes: &[
        (
            "open",
            "hola buenas buenos dias tardes noches si no ok vale por favor porfavor gracias pero y \
             entonces ya oye oiga disculpe perdon bueno ahora",
        ),
        (
            "polite",
            "un una el la real reales de verdad por favor porfavor gracias ahora ya con vivo en \
             carne y hueso",
        ),
        (
            "tail",
            "por favor porfavor ahora ya gracias que y o pero no porque para sobre de_verdad de_carne \
             en de_su del_equipo del_servicio de_soporte directamente urgente urgentemente hoy \
             inmediatamente aqui real reales disponible cuanto acerca en_vez",
        ),
        (
            "fin",
            "por_favor porfavor ahora ya gracias de_verdad de_carne y no en_vez en_linea que_me \
             real que_pueda urgente",
        ),
        ("subject", "yo"),
        ("thought", "que creo pienso digo dije"),
        ("not", "no nunca sin ni tampoco jamas"),
        (
            "adv",
            "por_favor porfavor ya ahora mismo directamente mejor solo realmente urgentemente \
             inmediatamente simplemente poder me que_me",
        ),
        (
            "want",
            "quiero quisiera necesito deseo prefiero gustaria puedo podria podemos queremos exijo \
             debo pudiera puede querria preferiria necesitamos quisieramos solicito pido tengo_que \
             permitanme dejame dejeme encantaria",
        ),
        (
            "talk",
            "hablar chatear platicar comunicarme comunicar conversar contactar contactarme \
             conectarme ponerme_en_contacto charlar comunicarnos hablarle",
        ),
        (
            "fill",
            "un una el la los las de del su verdadero verdadera real reales humano humana otro otra \
             algun alguna servicio vivo en ser miembro equipo soporte autentico autentica \
             cualquier",
        ),
        (
            "person",
            "humano humana humanos ser_humano agente_humano asesor_humano operador_humano persona_real agente representante operador operadora asesor asesora \
             ejecutivo ejecutiva supervisor supervisora encargado encargada responsable empleado \
             empleada gerente persona atencion_humana ayuda_humana",
        ),
        (
            "someone",
            ":person alguien atencion_al_cliente servicio_al_cliente soporte su_equipo \
             soporte_tecnico gente tecnico personas",
        ),
        (
            "bot",
            "bot robot maquina ia chatbot computadora ordenador robots bots maquinas",
        ),
    ],
    wishes: &[
        // Quiero hablar con una persona.
        ":want :adv* :talk :adv* con|a :fill* :someone $",
        "como puedo|podria|hago|para|se|puede* :talk|contacto con|a :fill* :someone $",
        "posible|forma|manera|opcion de? :talk con|a :fill* :someone $",
        "^ :adv* :talk con :fill* :someone $",
        // Páseme con un agente.
        "paseme|pasame|pasenme|transfierame|transfiereme|transferirme|transfieranme|comuniqueme|comunicame|comuniquenme|conecteme|conectame|pongame|ponme|ponganme|pasarme|conectarme|comunicarme|ponerme|derivame|deriveme :adv* en? contacto|comunicacion? con|a? :fill* :someone $",
        "me puede|puedes|podria|pueden|podrias :adv* pasar|comunicar|conectar|transferir|poner en? contacto? con|a :fill* :someone $",
        // Necesito un humano.
        "me puede|puedes|podria|pueden|podrian|podrias :adv* atender|ayudar|contestar|responder|contactar|llamar :fill* :person .",
        "quiero|quisiera|necesito|deseo|prefiero|exijo|solicito|pido|queremos|necesitamos|gustaria|denme|deme|dame :adv* :fill* :person .",
        // ¿Hay alguien ahí?
        "hay alguien ahi|alli|aqui|disponible|conectado|en_linea? .",
        "hay :fill* :person ahi|alli|aqui|disponible|conectado|en_linea|real? .",
        "hay :fill* alguien|persona|humano|agente|humanos con_quien|con_el_que|con_la_que|que ~ hablar|hable",
        "^ alguien ahi|alli|aqui|disponible|me_ayuda .",
        // ¿Alguien me puede llamar?
        "alguien|agente|persona|humano|asesor me? puede|podria|pueda|puedan me? llamarme|llamar|contactarme|contactar|marcarme",
        "me puede|pueden|podria|podrian|puedes|podrias :adv* llamar|marcar|telefonear|devolver_la_llamada",
        "puede|pueden|podria|podrian|puedes|podrias alguien|usted|un_agente|una_persona? llamarme|telefonearme|marcarme|contactarme_por_telefono",
        "^ :adv* llamenme|llameme|llamame",
        "por_favor llamenme|llameme|llamame",
        "quiero|necesito|quisiera|gustaria|prefiero que alguien|un_agente|ustedes? me llamen|llame|contacten|marquen",
        "^ que alguien me llame|contacte",
        "que me atienda|ayude|responda|conteste|atiendan|llame :fill* :person .",
    ],
    refusals: &[
        "no quiero|deseo|voy_a|pienso|me_gusta|quisiera :talk con :fill* :bot",
        "no quiero :fill* :bot .",
        "cansado|cansada|harto|harta de :talk con :fill* :bot",
        "^ no :fill* :bot .",
    ],
};
