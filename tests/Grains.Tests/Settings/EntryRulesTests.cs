using Microsoft.Extensions.Configuration;
using Xunit;

namespace TtsGrains.Grains.Tests.Settings;

public sealed class EntryRulesTests
{
    [Fact]
    public void CheckPresent_EntryWithoutValue_IsNamed()
        => Assert.Equal(
            ["Voices:b:Url is empty; a voice needs one.", "Voices:c:Url is empty; a voice needs one."],
            EntryRules.CheckPresent(Read(("Voices:a:Url", "x"), ("Voices:b:Url", "")).GetSection("Voices"), ["a", "b", "c"], "Url", "a voice"));

    [Theory]
    [InlineData("man", "Users:u:Voices names 'man'; no voice of that name is configured. Did you mean main?")]
    [InlineData("Main", "Users:u:Voices names 'Main'; no voice of that name is configured. Did you mean main?")]
    [InlineData("entirely", "Users:u:Voices names 'entirely'; no voice of that name is configured.")]
    [InlineData("", "Users:u:Voices names ''; no voice of that name is configured.")]
    public void CheckReferences_UnknownName_IsOneSentence(string name, string expected)
        => Assert.Equal([expected], CheckReferences(("Users:u:Voices:0", "main"), ("Users:u:Voices:1", name)));

    [Fact]
    public void CheckReferences_KnownNamesOnly_ReturnsNone()
        => Assert.Empty(CheckReferences(("Users:u:Voices:0", "main"), ("Users:v:Voices:0", "spare"), ("Users:w:Age", "1")));

    private static IEnumerable<string> CheckReferences(params (string Key, string Value)[] settings)
        => EntryRules.CheckReferences(Read(settings).GetSection("Users"), "Voices", "voice", ["main", "spare"]);

    private static IConfiguration Read(params (string Key, string Value)[] settings)
        => new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
