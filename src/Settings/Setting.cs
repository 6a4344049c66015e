using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace TtsGrains.Settings;

/// <summary>One property of an options class as a setting.</summary>
public sealed class Setting
{
    private Setting(PropertyInfo property)
    {
        Property = property;
        IsList = property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable));
        IsNested = property.PropertyType.IsClass && !IsList && property.PropertyType != typeof(string) && property.PropertyType != typeof(Uri);
        ValueType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
    }

    /// <summary>The property that holds it.</summary>
    public PropertyInfo Property { get; }

    /// <summary>The last part of its key.</summary>
    public string Name => Property.Name;

    /// <summary>True for a list of texts, with the keys 0, 1 and so on.</summary>
    public bool IsList { get; }

    /// <summary>True for a section of its own.</summary>
    public bool IsNested { get; }

    /// <summary>The type of its value, not nullable.</summary>
    public Type ValueType { get; }

    /// <summary>Gets the settings of an options class: its public properties that can be set.</summary>
    public static IReadOnlyList<Setting> Of(Type options) =>
    [
        .. options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => new Setting(property)),
    ];

    /// <summary>Gets the allowed names of a value that is one of several; none for other values. A None with the value zero is no valid choice.</summary>
    public IEnumerable<string> Choices => ValueType.IsEnum
        ? Enum.GetNames(ValueType).Where(name => name != "None").Select(name => name.ToLowerInvariant())
        : [];

    /// <summary>Converts the text of its value, and returns the fault if that is impossible. Texts and addresses may be secrets, so a fault does not quote them.</summary>
    /// <param name="key">Its full key.</param>
    /// <param name="text">Its text.</param>
    /// <param name="normalized">The text in the form that the configuration binder reads.</param>
    public string? Convert(string key, string text, out string normalized)
    {
        normalized = text;
        if (text.Length == 0 && (ValueType == typeof(string) || Nullable.GetUnderlyingType(Property.PropertyType) is not null || ValueType == typeof(Uri)))
        {
            return null;
        }

        if (ValueType == typeof(TimeSpan))
        {
            var isDuration = Duration.TryParse(text, out var duration);
            normalized = duration.ToString("c", CultureInfo.InvariantCulture);
            return isDuration ? null : $"{key} is '{text}'; it must be {Duration.Forms}.";
        }

        if (ValueType.IsEnum)
        {
            return Choices.Contains(text.ToLowerInvariant()) ? null
                : $"{key} is '{text}'; it must be {Words.Or(Choices)}.{Suggestion.For(text, Choices)}";
        }

        try
        {
            TypeDescriptor.GetConverter(ValueType).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return ValueType == typeof(Uri) ? $"{key} is no address." : $"{key} is '{text}'; it must be {Describe()}.";
        }
    }

    /// <summary>Names the kind of value, with an article.</summary>
    private string Describe()
        => ValueType == typeof(bool) ? "true or false"
            : ValueType == typeof(int) || ValueType == typeof(long) ? "a whole number"
            : ValueType == typeof(double) ? "a number"
            : "a " + ValueType.Name;
}
