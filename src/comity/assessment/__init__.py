"""Assessment: colours for the people of a whole region from tables of evidence, each with its grounds (C1.2).

Evidence is Parquet, the published assessment rulebook is compiled to one SQL text, and
`comity.domain.assessment.assess` is the specification the text is held to. This room never sees a pass.
"""
