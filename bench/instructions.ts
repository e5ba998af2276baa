// Short instructions with reference answers, written for the scoring suite: facts, small sums, advice and small
// texts, so that a model is sure of some and unsure of others. The project's own pools contain nothing that a
// general model would know.

/** [instruction, given answer] */
export const INSTRUCTIONS: readonly (readonly [string, string])[] = [
  [
    "What is the capital of Portugal?",
    "The capital of Portugal is Lisbon, a hilly city where the Tagus meets the Atlantic Ocean.",
  ],
  [
    "Count from one to ten.",
    "One, two, three, four, five, six, seven, eight, nine, ten. That is all of them.",
  ],
  [
    "Write a short poem about rust.",
    "The gate that nobody paints turns red by night, a flake at a time, and sings when the wind comes in.",
  ],
  [
    "How do I boil an egg?",
    "Put the egg into boiling water, wait eight minutes for a firm yolk, then cool it under the tap and peel it.",
  ],
  [
    "Name three primary colours.",
    "The three primary colours of paint are red, yellow and blue; all other colours are mixed from them.",
  ],
  [
    "Why is the sky blue?",
    "Air scatters short waves of light more than long ones, so blue light reaches us from every part of the sky.",
  ],
  [
    "Add 17 and 26.",
    "Seventeen and twenty-six make forty-three: ten and twenty are thirty, seven and six are thirteen.",
  ],
  [
    "Invent a name for a bakery on a ferry.",
    "I would call it The Rising Tide, because both the dough and the water come up before breakfast.",
  ],
  [
    "What do bees make?",
    "Bees make honey from the nectar of flowers, and wax, of which they build the cells of their comb.",
  ],
  [
    "Explain what a mortgage is.",
    "A mortgage is a loan for a house; if you stop paying it back, the lender may take the house and sell it.",
  ],
  [
    "Translate into French: good morning.",
    "In French you say bonjour, which serves for the whole morning and most of the afternoon as well.",
  ],
  [
    "List the days of the week.",
    "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday are the seven days of the week.",
  ],
  [
    "Give me a reason to learn chess.",
    "Chess teaches you to look for what the other side wants before you decide what you want yourself.",
  ],
  [
    "What is the opposite of brave?",
    "The opposite of brave is cowardly, though a careful person is neither the one nor the other.",
  ],
  [
    "Describe the smell of a library.",
    "It smells of paper that has been read, of floor wax, a damp coat, and the dust on a warm lamp.",
  ],
  [
    "How many legs does a spider have?",
    "A spider has eight legs, two more than an insect, which is one way to tell them apart.",
  ],
  [
    "Who wrote Hamlet?",
    "Hamlet was written by William Shakespeare around the year 1600 and first played in London.",
  ],
  [
    "Suggest a gift for a retired plumber.",
    "Give her a good fountain pen: she has spent forty years with flow, and this one will not call at night.",
  ],
  [
    "What is photosynthesis?",
    "Plants use sunlight to turn water and carbon dioxide into sugar, and they give off oxygen as they do it.",
  ],
  [
    "Finish the sentence: The old clock",
    "The old clock had stopped at four on the day the miller left, and nobody in the house would wind it.",
  ],
  [
    "What is 12 times 12?",
    "Twelve times twelve is one hundred and forty-four, which is also called a gross.",
  ],
  [
    "How do magnets work?",
    "In a magnet many tiny currents inside the atoms point the same way, and their fields add up outside it.",
  ],
  [
    "Tell me a joke about a fish.",
    "Why did the fish stay away from the computer? It had heard that there was a net everywhere.",
  ],
  [
    "What is the largest planet?",
    "Jupiter is the largest planet of the solar system, more than ten times as wide as the Earth.",
  ],
  [
    "Write a polite note to a noisy neighbour.",
    "Dear neighbour, your piano is a pleasure by day. After eleven our baby is a harsh critic. Could we agree on ten?",
  ],
  [
    "Which month comes after June?",
    "July comes after June, and it was named after Julius Caesar, who was born in that month.",
  ],
  [
    "What is an adjective?",
    "An adjective is a word that describes a noun, such as tall, green, quiet or expensive.",
  ],
  [
    "Plan a day in a small harbour town.",
    "See the boats come in at six, eat bread on the quay, walk to the lighthouse, sleep at noon, and dine on what came in.",
  ],
  [
    "How far away is the Moon?",
    "The Moon is about 384,000 kilometres away, which is thirty times the width of the Earth.",
  ],
  [
    "What makes bread rise?",
    "Yeast eats the sugar in the dough and gives off gas, and the gas is caught in bubbles that lift it.",
  ],
  [
    "Give three synonyms for happy.",
    "Three words close to happy are glad, cheerful and content; each of them is a little quieter than joyful.",
  ],
  [
    "Why do cats purr?",
    "Cats purr when they are at ease, but also when they are hurt; it seems to calm them and those around them.",
  ],
  [
    "Write a headline about a lost umbrella.",
    "Umbrella Left on Night Train Returns After Nine Years, Still Wet, With a Ticket to Trieste Inside",
  ],
  [
    "What is the boiling point of water?",
    "At sea level water boils at one hundred degrees Celsius, or two hundred and twelve degrees Fahrenheit.",
  ],
  [
    "How can I remember names better?",
    "Say the name aloud when you hear it, tie it to something you see in the face, and use it once more on leaving.",
  ],
  [
    "What is gravity?",
    "Gravity is the pull between all things that have mass; it keeps us on the ground and the Moon in its orbit.",
  ],
  [
    "Spell the word necessary.",
    "It is spelled n-e-c-e-s-s-a-r-y, with one c and two s, like a shirt with one collar and two sleeves.",
  ],
  [
    "Make up a proverb about snow.",
    "He who counts the flakes will never clear the path, and he who clears it has nothing left to count.",
  ],
  [
    "What does a thermometer measure?",
    "A thermometer measures temperature, in most countries in degrees Celsius and in a few in Fahrenheit.",
  ],
  [
    "Name an animal that sleeps in winter.",
    "The hedgehog sleeps through the winter; its heart slows down and it lives on the fat of autumn.",
  ],
  [
    "Summarise the story of Cinderella.",
    "A girl kept as a servant goes to a ball by magic, loses a shoe, and is found by the prince who fits it to her.",
  ],
  [
    "How do I fix a squeaky door?",
    "Lift the pin out of the hinge, rub it with a little oil or soap, put it back and swing the door a few times.",
  ],
  [
    "What is the square root of 81?",
    "The square root of eighty-one is nine, since nine times nine makes eighty-one.",
  ],
  [
    "Describe a colour to someone who cannot see.",
    "Red is the heat on your face when you bend over a fire, and blue is the first step into the sea.",
  ],
  [
    "Which gas do we breathe in to live?",
    "We need oxygen, which makes up about a fifth of the air; most of the rest is nitrogen.",
  ],
  [
    "Why do leaves change colour in autumn?",
    "The tree takes back the green from its leaves, and the yellow that was there all summer can be seen.",
  ],
  [
    "Give me a password rule that makes sense.",
    "Make it long rather than strange: four words that do not belong together beat eight signs nobody can keep.",
  ],
  [
    "What is the currency of Japan?",
    "The currency of Japan is the yen, and its coins go from one yen up to five hundred.",
  ],
  [
    "How is glass made?",
    "Sand, soda and lime are melted together at great heat, and the clear liquid is shaped before it grows stiff.",
  ],
  [
    "Write the first line of a ghost story.",
    "On the third night the guest in room nine asked us, politely, to stop knocking from inside the wall.",
  ],
  [
    "What is a noun?",
    "A noun is a word for a person, a place, a thing or an idea, such as baker, harbour, spoon or envy.",
  ],
  [
    "How many minutes are in a day?",
    "A day has one thousand four hundred and forty minutes: twenty-four hours of sixty minutes each.",
  ],
  [
    "Recommend a soup for a cold evening.",
    "Cook lentils with a carrot, an onion and a little smoked bacon, and stir in vinegar just before you eat.",
  ],
  [
    "What causes tides?",
    "The Moon pulls the sea towards it, a little more on the near side than on the far, and the Earth turns below.",
  ],
  [
    "Who painted the Mona Lisa?",
    "The Mona Lisa was painted by Leonardo da Vinci, and it hangs in the Louvre in Paris.",
  ],
  [
    "Give an example of a metaphor.",
    "The committee was a swamp: you could enter it from any side, and it kept your boots.",
  ],
  [
    "How do I get ink out of a shirt?",
    "Dab it with alcohol from the back, put paper under it, wait, and wash the shirt cold before anything warm.",
  ],
  [
    "What is the fastest land animal?",
    "The cheetah is the fastest animal on land, at about a hundred kilometres an hour for a few seconds.",
  ],
  [
    "Explain why we have leap years.",
    "A year is nearly a quarter of a day longer than 365 days, so every fourth year we add the missing day.",
  ],
  [
    "Name the continents.",
    "The continents are Africa, Antarctica, Asia, Australia, Europe, North America and South America.",
  ],
  [
    "Write a rule for a club of night owls.",
    "No member shall greet another before noon, and any meeting that ends by daylight must be held again.",
  ],
  [
    "What is the past tense of go?",
    "The past tense of go is went, and its participle is gone: today I go, yesterday I went, I have gone.",
  ],
  [
    "How do submarines dive?",
    "They let water into tanks until they are as heavy as the sea around them, and blow it out with air to rise.",
  ],
  [
    "Give me advice for a first day at work.",
    "Come early, write down every name, ask where the good coffee is, and promise nothing before Wednesday.",
  ],
  [
    "Name a fruit that is yellow.",
    "A lemon is yellow, and so is a ripe banana; the lemon is sour and the banana is sweet.",
  ],
  [
    "Write a slogan for a slow train.",
    "Arrive with a finished book: the valley line stops wherever there is something to look at.",
  ],
  [
    "How many sides does a hexagon have?",
    "A hexagon has six sides and six corners, like every cell in a honeycomb.",
  ],
  [
    "What should I do when I cannot sleep?",
    "Get up, sit in a dim room, read something dull, and go back to bed only when your eyes close by themselves.",
  ],
  ["What is the chemical symbol for gold?", "The symbol for gold is Au, from aurum, its name in Latin."],
  [
    "Describe a market at closing time.",
    "Boxes are stacked, the fish man shouts half prices to nobody, and a dog inspects what the cabbages left behind.",
  ],
  [
    "What is 100 minus 37?",
    "One hundred minus thirty-seven is sixty-three, since thirty-seven and sixty-three make one hundred.",
  ],
  [
    "Why do we have two ears?",
    "With two ears we can tell where a sound comes from, because it reaches one of them a little earlier.",
  ],
  [
    "Give a tip for taking better photographs.",
    "Walk closer, wait for the light to come from the side, and take the picture after people stop posing.",
  ],
  [
    "Who discovered penicillin?",
    "Alexander Fleming discovered penicillin in 1928, when a mould killed the bacteria in one of his dishes.",
  ],
  [
    "Compare tea and coffee in one sentence.",
    "Coffee knocks on the door and walks in, while tea waits on the step until you open.",
  ],
  [
    "What is the longest river in Africa?",
    "The Nile is the longest river in Africa; it flows north for more than six thousand kilometres to the sea.",
  ],
  [
    "Make a list of things to pack for the beach.",
    "Take a towel, water, a hat, sun cream, a book you may ruin, and a bag for wet things.",
  ],
  [
    "What does a dentist do?",
    "A dentist looks after teeth and gums: he cleans them, fills holes, and takes out what cannot be saved.",
  ],
  [
    "Invent a word for the last day of a holiday.",
    "Call it the suitcaseday: you are still there, but everything you own is already leaving.",
  ],
  [
    "How does a rainbow form?",
    "Sunlight is bent and mirrored inside drops of rain, each colour at its own angle, so we see them side by side.",
  ],
];
