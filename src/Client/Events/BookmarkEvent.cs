namespace TtsGrains.Client.Events;

/// <summary>Where a listener stands in a session, for itself only: given back, it continues there.</summary>
/// <param name="Since">As the service says it.</param>
internal sealed record BookmarkEvent(string Since) : TtsEvent("");
