//! English words, without apostrophes.

/// Words that say nothing about the subject: never looked at.
pub(crate) const STOP_WORDS: &str = "a about above after again all also although am an and any anybody \
    anyone anything are arent as at be because been before being below between both but by can \
    cannot cant could couldnt dear did didnt do does doesnt doing dont down during each either \
    else etc even ever every for from further had hadnt has hasnt have havent having he hello \
    her here hers hey hi him his however i id if ill im in into is isnt it its itself ive just \
    kind let lets may me might more most must my myself near neither no nor not of off ok okay \
    on once one only onto or other ought our ours out over own per please pls plz quite rather really \
    regards same shall she should shouldnt since so some somebody someone something soon such \
    than thank thanks thx that thats the their theirs them themselves then there these they this \
    those though through thus to too under until up upon us very via was wasnt we well were \
    werent what whats whenever wheres whether which while who whom whose why will with within \
    without wont would wouldnt yes yet you your youre yours yourself";

/// Words that turn up in questions about anything. They help to choose between passages, but
/// sharing them is no sign that a passage answers.
pub(crate) const WEAK_WORDS: &str = "able actually ago already always answer anymore ask available back bad \
    become best better big bit bought bring buy case choose come customer day different done \
    easy eight end enough exactly explain fast few find fine five fix follow four friday full \
    general get give go going gone gonna good got great guy happen hear help how idea info \
    information instead issue keep know last late lately later least leave like little long look \
    lot made make many maybe mean minute moment monday month much need never new next nice nine \
    note nothing now number old part people person place possible problem put question quick \
    quickly read reason recently right run said saturday saw say see seem seen sell send seven \
    several shop show simple six small sorry start still stop store stuff sunday suppose sure \
    take tell ten thing think three thursday time today together told tomorrow took tried try \
    tuesday twice two understand urgent use usually want way wednesday week went when where \
    wonder wondering work write year yesterday";

/// Words that may stand within a phrase: "send it back", "charged me twice".
pub(crate) const FILLERS: &str = "a all already an any anything both even ever everything have he \
    her him his it its just me mine my of one ones our really she so some something still that the \
    their them these they thing things this those us yet you your";

/// Words that say that something is not so.
pub(crate) const NEGATIONS: &str = "arent aint cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt \
    never not nothing wasnt werent wont wouldnt";

/// Forms of verbs that have another stem than the verb, each before it.
pub(crate) const IRREGULAR_FORMS: &str = "\
    came come took take taken take sent send bought buy paid pay got get gotten get gave give \
    given give kept keep wrote write written write forgot forget forgotten forget chose choose \
    chosen choose fell fall fallen fall tore tear torn tear wore wear worn wear stole steal \
    stolen steal spent spend held hold sold sell told tell made make went go said say saw see \
    seen see brought bring knew know known know broke break broken break rang ring rung ring \
    began begin begun begin ran run lent lend caught catch withdrew withdraw withdrawn \
    withdraw grew grow grown grow threw throw thrown throw spoke speak spoken speak meant mean \
    heard hear sat sit stood stand understood understand felt feel sewn sew shrank shrink \
    shrunk shrink burnt burn spelt spell spilt spill flew fly flown fly ate eat eaten eat \
    drove drive driven drive hid hide hidden hide swore swear";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_both_stopped_and_weak() {
        let stopped: Vec<_> = STOP_WORDS.split_whitespace().collect();
        let mut weak = WEAK_WORDS.split_whitespace();
        assert_eq!(weak.find(|word| stopped.contains(word)), None);
    }
}
