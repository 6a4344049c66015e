namespace TtsGrains.ApiHost.Contexts;

/// <summary>A silo answered that it does not have a context that was open there.</summary>
internal sealed class ContextGoneException : Exception;
