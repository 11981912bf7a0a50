package semconv

// concepts are all the tables, in the order of docs/conventions.md.
type concepts struct {
	kind, responseModel, requestModel, provider *table

	input, output, system, query, aiAnswer *table

	inputTokens, outputTokens, totalTokens, cacheRead, cacheWrite, inputAudio, reasoningTokens, outputAudio *table
	aiCachedInput, aiInputDetails                                                                           *table

	cost, costParts *table

	finish, streaming, firstToken, parameters              *table
	toolName, toolID, toolArguments, toolResult            *table
	promptName, promptVersion, promptText, promptVariables *table

	name, rootName, componentName, session, user, tags, metadata, environment, release *table
	failure, errorText, errorType, httpStatus, langsmithKind, genkitSubtype            *table
	execution, own, pendingSpan                                                        *table
}

func newConcepts() concepts {
	return concepts{
		kind: newTypeTable(), responseModel: newResponseModelTable(), requestModel: newRequestModelTable(), provider: newProviderTable(),

		input: newInputTable(), output: newOutputTable(), system: newSystemTable(),
		query: newQueryTable(), aiAnswer: newAIAnswerTable(),

		inputTokens: newInputTokensTable(), outputTokens: newOutputTokensTable(), totalTokens: newTotalTokensTable(),
		cacheRead: newCacheReadTable(), cacheWrite: newCacheWriteTable(), inputAudio: newInputAudioTable(),
		reasoningTokens: newReasoningTokensTable(), outputAudio: newOutputAudioTable(),
		aiCachedInput: newAICachedTable(), aiInputDetails: newAIUsageTable(),

		cost: newCostTable(), costParts: newCostPartsTable(),

		finish: newFinishTable(), streaming: newStreamingTable(), firstToken: newFirstTokenTable(), parameters: newParametersTable(),
		toolName: newToolNameTable(), toolID: newToolIDTable(), toolArguments: newToolArgumentsTable(), toolResult: newToolResultTable(),
		promptName: newPromptNameTable(), promptVersion: newPromptVersionTable(), promptText: newPromptTextTable(), promptVariables: newPromptVariablesTable(),

		name: newNameTable(), rootName: newRootNameTable(), componentName: newComponentNameTable(),
		session: newSessionTable(), user: newUserTable(), tags: newTagsTable(), metadata: newMetadataTable(),
		environment: newEnvironmentTable(), release: newReleaseTable(),
		failure: newFailureTable(), errorText: newErrorTextTable(),
		errorType:     helper(source{by: OTel, key: "error.type"}),
		httpStatus:    helper(source{by: OTel, key: "http.response.status_code"}, source{by: OTel, key: "http.status_code"}),
		langsmithKind: helper(source{by: LangSmith, key: "langsmith.span.kind"}),
		genkitSubtype: helper(source{by: Genkit, key: "genkit:metadata:subtype"}),
		execution:     newExecutionTable(), own: newOwnTable(), pendingSpan: newPendingTable(),
	}
}

// helper is a table that only helps to read another one; the page does not
// show it.
func helper(sources ...source) *table { return &table{sources: sources} }

func (c *concepts) all() []*table {
	return []*table{
		c.kind, c.responseModel, c.requestModel, c.provider,
		c.input, c.output, c.system, c.query, c.aiAnswer,
		c.finish, c.streaming, c.firstToken, c.parameters,
		c.inputTokens, c.outputTokens, c.totalTokens, c.cacheRead, c.cacheWrite, c.inputAudio, c.reasoningTokens, c.outputAudio,
		c.aiCachedInput, c.aiInputDetails, c.cost, c.costParts,
		c.toolName, c.toolID, c.toolArguments, c.toolResult,
		c.promptName, c.promptVersion, c.promptText, c.promptVariables,
		c.componentName, c.name, c.rootName, c.session, c.user, c.tags, c.metadata, c.environment, c.release,
		c.failure, c.errorText, c.errorType, c.httpStatus, c.langsmithKind, c.genkitSubtype,
		c.execution, c.own, c.pendingSpan,
	}
}
