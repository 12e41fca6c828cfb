"""The probabilistic matcher: two registers as frames in, weighed and decided pairs out, each with its reason.

`link.link_frames` is the whole of it; `traits` makes rows comparable, `blocking` proposes pairs, `levels` compares
them, `weights` and `counting` say what a level is worth, `scoring` adds up, `choose` decides. It knows no rule of the
plan, opens no file and never sees a whole country at once; what a link may do about a child is for policy to say.
"""
