using System.Text.Json;
using TtsGrains.ApiHost.Http;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Admin;

/// <summary>A JSON object of a request. The first fault is kept: it names the member and its rule.</summary>
internal sealed class AdminBody
{
    private const int LongestBody = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _path;
    private readonly JsonElement _json;
    private readonly AdminBody _root;
    private ProtocolError? _error;

    private AdminBody(JsonElement json, string path, AdminBody? root) => (_json, _path, _root) = (json, path, root ?? this);

    /// <summary>The first fault; null if there is none.</summary>
    public ProtocolError? Error => _root._error;

    /// <summary>Reads the body of a request. One without a body is an empty object.</summary>
    public static async Task<AdminBody> ReadAsync(HttpRequest request)
    {
        if (await RequestBody.ReadAsync(request, LongestBody) is not { } bytes)
        {
            return Faulty(ErrorCatalogue.MessageTooLong(LongestBody));
        }

        try
        {
            using var json = JsonDocument.Parse(bytes.IsEmpty ? "{}"u8.ToArray() : bytes, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? new AdminBody(json.RootElement.Clone(), "", root: null)
                : Faulty(ErrorCatalogue.InvalidJson("it is something else."));
        }
        catch (JsonException e)
        {
            return Faulty(ErrorCatalogue.InvalidJson($"it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}, or has a member twice."));
        }
    }

    /// <summary>Refuses members of other names.</summary>
    public void Allow(params string[] names)
    {
        foreach (var member in _json.ValueKind == JsonValueKind.Object ? _json.EnumerateObject().Where(member => !names.Contains(member.Name)) : [])
        {
            Fail(new ProtocolError(400, "invalid_request", "Invalid request", $"{_path}{Shorten(member.Name)} is unknown; the members are {Words.And(names)}."));
        }
    }

    /// <summary>Gets a text; null if there is none.</summary>
    public string? Text(string name)
        => !TryGet(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : Fail<string>(ErrorCatalogue.WrongType(_path + name, "a text"));

    /// <summary>Gets a list of texts; null if there is none.</summary>
    public string[]? Texts(string name)
        => !TryGet(name, out var value) ? null
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(each => each.GetString()!)]
            : Fail<string[]>(ErrorCatalogue.WrongType(_path + name, "a list of texts"));

    /// <summary>Gets a whole number; null if there is none.</summary>
    /// <param name="name">The member.</param>
    /// <param name="rule">What it must be.</param>
    /// <param name="allows">True for a number that it may be.</param>
    public long? Number(string name, string rule, Func<long, bool> allows)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && allows(number))
        {
            return number;
        }

        Fail(ErrorCatalogue.OutOfRange(_path + name, rule));
        return null;
    }

    /// <summary>Gets an object; an empty one if there is none.</summary>
    public AdminBody Object(string name)
    {
        if (TryGet(name, out var value) && value.ValueKind != JsonValueKind.Object)
        {
            Fail(ErrorCatalogue.WrongType(_path + name, "an object"));
            value = default;
        }

        return new AdminBody(value, $"{_path}{name}.", _root);
    }

    /// <summary>Determines whether a member is there, be it null.</summary>
    public bool Has(string name) => _json.ValueKind == JsonValueKind.Object && _json.TryGetProperty(name, out _);

    /// <summary>Keeps a fault of a member, unless there was one before.</summary>
    public void Fail(string name, string rule) => Fail(ErrorCatalogue.OutOfRange(_path + name, rule));

    private void Fail(ProtocolError error) => _root._error ??= error;

    private T? Fail<T>(ProtocolError error)
        where T : class
    {
        Fail(error);
        return null;
    }

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return _json.ValueKind == JsonValueKind.Object && _json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static AdminBody Faulty(ProtocolError error) => new(default, "", root: null) { _error = error };

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
