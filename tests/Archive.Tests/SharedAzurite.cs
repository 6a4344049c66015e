using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The tests that share one Azurite.</summary>
[CollectionDefinition(Name)]
public sealed class SharedAzurite : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
