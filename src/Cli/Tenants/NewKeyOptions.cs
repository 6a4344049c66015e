using System.CommandLine;
using System.CommandLine.Parsing;

namespace TtsGrains.Cli.Tenants;

/// <summary>What a new key is: the same options for all commands that make one.</summary>
internal sealed class NewKeyOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "A name for lists: letters, digits and . _ - @." };
    private readonly Option<Scopes?> _scopes = new("--scopes")
    {
        CustomParser = ParseScopes,
        Description = $"What it allows, separated by commas: {string.Join(", ", ScopeNames.All)}. Default: {string.Join(", ", ScopeNames.Of(Scopes.Default))}.",
    };

    private readonly Option<DateTimeOffset?> _expires = CreateExpires("never");

    private NewKeyOptions()
        => _name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !ApiKey.IsName(name))
            {
                result.AddError("--name takes at most 64 letters, digits and . _ - @.");
            }
        });

    /// <summary>Creates the option for the end of a new key.</summary>
    /// <param name="byDefault">When it ends without the option.</param>
    public static Option<DateTimeOffset?> CreateExpires(string byDefault) => new("--expires")
    {
        CustomParser = ParseExpiry,
        Description = $"When it ends: a day or time in UTC, such as 2027-01-31, or a duration, such as 90d. Default: {byDefault}.",
    };

    /// <summary>Adds the options to a command.</summary>
    public static NewKeyOptions AddTo(Command command)
    {
        var options = new NewKeyOptions();
        command.Add(options._name);
        command.Add(options._scopes);
        command.Add(options._expires);
        return options;
    }

    /// <summary>True if one of the options is given.</summary>
    public bool AreGiven(SymbolResult result) => ((Option[])[_name, _scopes, _expires]).Any(option => result.GetResult(option) is not null);

    /// <summary>Gets what the new key is; it has no hash yet.</summary>
    public ApiKey Read(ParseResult parsed) => new("")
    {
        Name = parsed.GetValue(_name),
        Scopes = parsed.GetValue(_scopes) ?? Scopes.Default,
        ExpiresAt = parsed.GetValue(_expires),
    };

    /// <summary>Prints a new key: it is seen this once.</summary>
    public static void Print(NewKey key, string tenant, string place, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(new { key.Key, Tenant = tenant, key.Id, key.Scopes, Expires = key.ExpiresAt is { } end ? ApiKey.Format(end) : null, key.Name });
            return;
        }

        Console.WriteLine($"key     {key.Key}");
        Console.WriteLine($"tenant  {tenant}");
        Console.WriteLine($"id      {key.Id}");
        Console.Error.WriteLine($"The key is shown this once. {place}");
    }

    private static Scopes? ParseScopes(ArgumentResult result)
    {
        string[] names = result.Tokens.SingleOrDefault()?.Value.Split(',') ?? [];
        if (names.Length > 0 && names.All(name => ScopeNames.Parse(name) != Scopes.None))
        {
            return names.Aggregate(Scopes.None, (all, name) => all | ScopeNames.Parse(name));
        }

        result.AddError($"--scopes is '{result.Tokens.SingleOrDefault()?.Value}'; it must be some of {Words.And(ScopeNames.All)}, separated by commas.");
        return null;
    }

    private static DateTimeOffset? ParseExpiry(ArgumentResult result)
    {
        var text = result.Tokens.SingleOrDefault()?.Value ?? "";
        var now = TimeProvider.System.GetUtcNow();
        var end = ApiKey.TryParseTime(text, out var time) ? time : Duration.TryParse(text, out var duration) ? now + duration : DateTimeOffset.MinValue;
        if (end > now)
        {
            return end;
        }

        result.AddError($"--expires is '{text}'; it must be a time to come: {ApiKey.TimeForm}, or a duration, such as 90d.");
        return null;
    }
}
