"""The executor: graphql-core's own. What is below a resolved field it hands to a plan, and takes over where that cannot go on."""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult, GraphQLOutputType, GraphQLResolveInfo, OperationType, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from mechkg.api.compiled.info import LightInfo, NeedsFullInfo, Unsupported
from mechkg.api.compiled.plans import Plan, plans_of


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """Give it to a schema of strawberry as ``execution_context_class``, or to graphql-core as ``executor_class``."""

    plan: Plan | None = None

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute the operation; only queries have plans, for a part of an answer may be asked for twice."""
        middleware = self.middleware_manager
        if self.operation.operation is OperationType.QUERY and not (middleware is not None and middleware.middlewares):
            self.plan = plans_of(self.schema).plan(self.schema, self.operation, self.fragments, self.variable_values)
            if self.plan is not None:
                data = self.plan.answer(self.root_value, self.context_value, self.variable_values)
                if data is not None:
                    return ExecutionResult(data, None)
        return super().execute_operation(serially)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete a value by the plan, or, where that is not possible, as graphql-core does."""
        plan = self.plan
        # of a type that is not null, what it is not null of comes next
        if plan is not None and field_details_list[0].node.selection_set is not None and not is_non_null_type(return_type):
            complete = plan.complete(return_type, field_details_list)
            if complete is not None:
                try:
                    return complete(result, LightInfo(self.context_value, _root_of(path), self.variable_values))
                except (Unsupported, NeedsFullInfo):
                    plan.leave(return_type, field_details_list)
                except Exception:
                    pass  # whatever it is, graphql-core meets it again, and reports it
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


def _root_of(path: Path) -> str:
    while path.prev is not None:
        path = path.prev
    return str(path.key)
