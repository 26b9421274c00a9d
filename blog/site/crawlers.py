"""Crawlers that gather texts to train models with, by the names that their operators say robots.txt may use.

To name them is to ask: who does not read robots.txt, or reads it and goes on, is kept out by nothing here.
Crawlers that look something up because a person asked are not among them, nor are those of search engines.
"""

TRAINING = (
    "AI2Bot",  # Allen Institute for AI
    "Ai2Bot-Dolma",
    "Amazonbot",
    "anthropic-ai",  # what Anthropic's was called before ClaudeBot
    "Applebot-Extended",  # no crawler: whether Apple may use what Applebot has read
    "Bytespider",  # ByteDance
    "CCBot",  # Common Crawl, from which most others learn
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Cotoyogi",  # ROIS, Japan
    "DeepSeekBot",
    "Diffbot",
    "FacebookBot",  # Meta, for its speech recognition
    "Google-Extended",  # no crawler: whether Google may use what Googlebot has read
    "GPTBot",
    "ICC-Crawler",  # NICT, Japan
    "img2dataset",
    "LAIONDownloader",
    "Meta-ExternalAgent",
    "omgili",  # Webz.io, which sells what it reads
    "PanguBot",  # Huawei
    "SBIntuitionsBot",
    "TerraCotta",  # Ceramic AI
    "TikTokSpider",
    "Timpibot",
    "Webzio-Extended",
    "YandexAdditional",
)
