"""Compiled execution: below a field that graphql-core resolved, what needs no waiting is answered by a plan made beforehand.

graphql-core walks the operation anew for each object that it answers with, which is what a GraphQL request costs. Here each part
of an operation whose fields are all attributes or plain functions is turned into closures, once, and every object costs one call
of them; often that is the whole operation. What waits stays with graphql-core, and so does every answer that is not plain: where
a plan meets an error, a null that is not allowed, or a value that it was not made for, graphql-core answers that part of the
operation again. Errors therefore are those of graphql-core, with its paths, places and propagation of nulls; and a resolver of
the query may be called twice, which it must not notice. Mutations and subscriptions have no plans.

    executor.py  the executor that graphql-core and strawberry are given
    plans.py     the plans of an operation, kept for when it is asked again
    values.py    a plan: what completes lists, objects, interfaces and unions
    templates.py what answers an object with given fields, as one function
    once.py      resolvers whose values stay with the object
    fields.py    what reads one field of an object
    leaves.py    what completes scalars and enums
    info.py      what resolvers get in place of graphql-core's info
"""

from mechkg.api.compiled.executor import CompiledExecutor
from mechkg.api.compiled.info import LightInfo
from mechkg.api.compiled.once import once
from mechkg.api.compiled.plans import plans_of

__all__ = ["CompiledExecutor", "LightInfo", "once", "plans_of"]
