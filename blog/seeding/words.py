"""The words that a blog made up for trying things out is written in, all of them ours.

Each tag is a subject with things of its own, so that a search finds some posts and not others.
Every plural is made with an s, so that no grammar is needed.
"""

# Twenty tags, and what posts with that tag are about.
SUBJECTS = {
    "Bees": "hive swarm comb queen drone smoker".split(),
    "Bicycles": "bicycle saddle spoke pedal bell puncture".split(),
    "Birds": "heron starling wren nest feather gull".split(),
    "Boats": "barge anchor rudder dinghy mooring harbour".split(),
    "Books": "novel chapter margin bookshop footnote bookmark".split(),
    "Bread": "bun oven crust starter bakery crumb".split(),
    "Bridges": "bridge pier pillar railing river span".split(),
    "Clocks": "clock pendulum dial spring minute tower".split(),
    "Gardens": "garden hedge rose spade seedling gate".split(),
    "Letters": "letter stamp envelope postcard parcel signature".split(),
    "Lighthouses": "lighthouse lantern lamp beam keeper reef".split(),
    "Maps": "map ruler legend contour border globe".split(),
    "Markets": "market stall basket lemon cheese scale".split(),
    "Mountains": "mountain ridge trail summit hut boulder".split(),
    "Music": "fiddle chord rehearsal tune drum choir".split(),
    "Paper": "notebook pencil sketch folder ribbon page".split(),
    "Rain": "cloud puddle umbrella gutter drizzle storm".split(),
    "Tea": "kettle teapot saucer strainer spoon cup".split(),
    "Trains": "train platform carriage signal ticket station".split(),
    "Winter": "snowfall mitten stove frost scarf candle".split(),
}

# What stands in the place of {quality}, {manner} and so on. {thing} and {things} are the subject's.
CHOICES = {
    "quality": """
        old quiet narrow patient crooked bright stubborn early late heavy simple honest plain curious
        familiar forgotten careful wooden careless northern
    """.split(),
    "manner": """
        slowly gladly twice badly politely in-silence at-once by-hand on-purpose without-hurry
        before-noon after-dark for-years every-week with-care by-accident
    """.split(),
    "did": """
        arrived waited sang broke vanished returned leaned worked slept survived mattered changed
        refused turned settled lasted
    """.split(),
    "person": """
        my-neighbour the-carpenter my-grandmother the-librarian a-stranger the-postman my-sister
        the-baker a-retired-captain the-caretaker a-child the-gardener my-first-teacher
    """.split(),
    "place": """
        behind-the-church at-the-corner near-the-canal on-the-island under-the-roof in-the-valley
        next-to-the-school by-the-old-wall on-the-other-side above-the-town in-the-kitchen
    """.split(),
    "time": """
        last-spring in-October this-morning on-Thursday some-years-ago yesterday before-the-war
        when-I-was-nine on-the-longest-day in-the-wet-season over-the-holidays
    """.split(),
    "number": "two three four five seven nine eleven forty".split(),
    "habit": """
        counts mends sharpens remembers borrows paints oils describes measures distrusts praises keeps
        collects
    """.split(),
}

TITLES = (
    "What the {thing} knows",
    "Notes on the {quality} {thing}",
    "The {thing} and the {thing}",
    "A short word about {things}",
    "{number} {things} {place}",
    "On {things}, and what they are for",
    "The {quality} {thing} {place}",
    "How the {thing} {did}",
    "Why I keep {number} {things}",
    "In praise of the {quality} {thing}",
)

HEADINGS = (
    "What the {thing} is for",
    "The {quality} {thing}",
    "{number} {things} later",
    "A question of {things}",
    "Where the {things} go",
    "Before the {thing} {did}",
    "Against {quality} {things}",
)

STATEMENTS = (
    "The {thing} {did} {manner}, and nobody {place} said a word about it.",
    "{time} {person} told me that the {thing} had to be {quality}, or it would be of no use to anybody.",
    "I have seen {number} {things} {place}, and each of them {did} {manner}.",
    "What makes a {thing} {quality} is not its age but whoever {habit} it.",
    "{person} {habit} the {thing} {manner}; I only watch.",
    "There is a {quality} {thing} {place} that {did} {time}.",
    "One gets used to {things}, but never to the {quality} ones.",
    "If the {thing} is {quality}, the {things} are seldom far away.",
    "It took {number} days before the {thing} {did}, and {person} was not surprised.",
    "A {thing} that {did} {manner} is worth more than {number} {quality} {things}.",
    "{time} we carried the {thing} {place} and left it there {manner}.",
    "{person} says that every {thing} has its {thing}, and I believe it.",
    "The {things} {place} are **{quality}**, which is what people say about {things} everywhere.",
    "I wrote down {number} things about the {thing}, and *none* of them was {quality}.",
    "Whoever {habit} a {thing} {manner} learns that {things} are {quality} only from a distance.",
    "Between the {thing} and the {thing} there is room for {number} people, if they are {quality}.",
    "We had no {thing} then, so {person} made one {manner}.",
)

# How a list begins, and what stands in it.
LISTS = ("What one needs:", "In the order of their age:", "I asked around, and this is the list:")
ITEMS = (
    "a {quality} {thing}",
    "{number} {things}, {quality} ones",
    "somebody who {habit} the {thing}",
    "the {thing} {place}",
    "time, and a {thing} that {did} {manner}",
)

# How replies begin, go on and end.
OPENINGS = (
    "Thank you for this, I had forgotten the {thing} entirely.",
    "I am not so sure about the {thing}.",
    "This is just what {person} used to say about {things}.",
    "May I add something about the {thing}?",
    "I read this {time} and again today.",
    "Lovely. We have a {quality} {thing} {place}, too.",
    "You are too kind to the {thing}, if you ask me.",
    "As somebody who {habit} {things} for a living: yes.",
    "A small correction: the {thing} {place} {did} long before that.",
)
ENDINGS = (
    "Where did you find yours?",
    "I would like to read more about the {thing}.",
    "Greetings from {number} of us {place}.",
    "Anyway, the {thing} is still here.",
    "Does anybody know what became of it?",
    "I will try it with a {quality} {thing} next.",
)

# What replies say that are held for more than that nobody knows their writer: they have two links.
ADVERTISEMENTS = (
    "Great post! More about {things} is [on my page](https://{thing}s.example/offer), and "
    "[here](https://cheap-{thing}s.example/) they are cheapest.",
    "I collect sites about {things}: https://list.example/{thing} and https://more.example/{thing}",
)

FIRST_NAMES = """
    Ilse Marek Noor Tomás Rosa Anton Fatima Henrik Lucía Owen Priya Samuel Greta Yusuf Clara Mateo Ingrid
    Paolo Hana Viktor Amara Jonas Leila Piotr Elena Kofi Margit Rafael Sanna Dmitri Nadia Emil Beatriz Tariq
    Astrid Joseph Mina Arthur Zofia Hugo
""".split()
LAST_NAMES = """
    Brandt Novák Haddad Ferreira Lindgren Okafor Castellan Moreau Ibsen Kowalska Farrow Demir Salgado
    Hartmann Petrov Nakamura Olsen Rossi Varga Whitcombe Aydin Bergström Duarte Eriksen Falk Gallagher
    Horvat Ivanova Jansen Kaplan Lehmann Marchetti Nyström Ortega Pavlova Quist Reyes Sandoval Thorne Ullman
""".split()
