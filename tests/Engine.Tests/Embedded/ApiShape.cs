using System.Reflection;

namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>What code that compiles against a type can see of it, as comparable lines.</summary>
internal static class ApiShape
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Kind(Type type)
        => type.IsInterface ? "interface"
            : type.IsEnum ? "enum : " + Name(type.GetEnumUnderlyingType())
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : (type.IsAbstract ? "abstract " : "") + (type.IsSealed ? "sealed " : "") + "class";

    /// <summary>Base types and interfaces, near and far; null when one of them is in a package of Orleans that is not in the folder.</summary>
    public static IReadOnlyCollection<string>? Bases(Type type)
    {
        try
        {
            var bases = type.GetInterfaces().Select(Name).ToHashSet();
            for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            {
                bases.Add(Name(ancestor));
            }

            return bases;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Public and protected members that the type itself declares.</summary>
    public static IEnumerable<string> Members(Type type)
    {
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            yield return $"{Access(constructor)} new({Parameters(constructor)})";
        }

        foreach (var method in type.GetMethods(Declared).Where(IsVisible))
        {
            yield return $"{Access(method)} {Modifiers(method)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})";
        }

        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic && !field.IsSpecialName))
        {
            yield return field.IsLiteral ? $"{field.Name} = {field.GetRawConstantValue()}" : $"field {Name(field.FieldType)} {field.Name}";
        }

        foreach (var usage in type.GetCustomAttributesData().Where(IsUsage))
        {
            var named = usage.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value);
            yield return $"usage {usage.ConstructorArguments[0].Value} multiple={named.GetValueOrDefault("AllowMultiple", false)} inherited={named.GetValueOrDefault("Inherited", true)}";
        }
    }

    public static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "!" : "!!") + type.GenericParameterPosition;
        }

        if (type.IsArray || type.IsByRef || type.IsPointer)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "&" : "*");
        }

        var name = $"{(type.DeclaringType is { } outer ? Name(outer) : type.Namespace)}.{type.Name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static bool IsUsage(CustomAttributeData data)
    {
        try
        {
            return data.AttributeType.FullName == "System.AttributeUsageAttribute";
        }
        catch (FileNotFoundException)
        {
            // Of a package of Orleans that is not in the folder.
            return false;
        }
    }

    private static bool IsVisible(MethodBase method)
        => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !method.Name.Contains('.', StringComparison.Ordinal)
            || method is { IsConstructor: true, IsStatic: false } && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifiers(MethodInfo method)
        => method.IsStatic ? "static " : method.DeclaringType!.IsInterface ? "" : method.IsAbstract ? "abstract " : IsOverride(method) ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";

    private static bool IsOverride(MethodInfo method) => method.IsVirtual && !method.Attributes.HasFlag(MethodAttributes.NewSlot);

    private static string Generics(MethodInfo method)
        => method.IsGenericMethodDefinition
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => string.Join(" & ", argument.GetGenericParameterConstraints().Select(Name).Prepend((argument.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask).ToString()))))}>"
            : "";

    private static string Parameters(MethodBase method)
        => string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{Default(parameter)}"));

    private static string Default(ParameterInfo parameter) => parameter.IsOptional ? $" = {parameter.RawDefaultValue ?? "default"}" : "";
}
