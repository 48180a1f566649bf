namespace IncidentDesk.Demo;

/// <summary>A fault as somebody might report it. All of it is invented.</summary>
internal sealed record DemoFault(string Kind, string Category, string Title, string Description, string Handling, string? System = null);

/// <summary>What the demonstration is made of: everyday faults, roads and callers, none of them real.</summary>
internal static class DemoFaults
{
    /// <summary>Faults, the frequent ones more than once.</summary>
    public static readonly DemoFault[] All =
    [
        new("rental", "RNT-WATER-02", "厨房下水道堵塞", "厨房地漏返水，已用毛巾围挡。", "疏通主管，试水正常。"),
        new("rental", "RNT-WATER-02", "卫生间渗漏到楼下", "楼下住户反映天花滴水。", "更换角阀密封圈，停水两小时后复查不漏。"),
        new("rental", "RNT-ELEC-02", "整栋跳闸停电", "晚高峰总闸跳闸，三层以上无电。", "更换漏保开关，逐层合闸恢复供电。"),
        new("rental", "RNT-ELEC-02", "三楼停电", "三楼三户同时停电，其他楼层正常。", "分闸接线松脱，紧固后恢复。"),
        new("rental", "RNT-ACCESS-02", "门禁离线，数据未上传", "平台显示离线超过两小时。", "重启网关并更换网线，补传记录。"),
        new("rental", "RNT-ACCESS-03", "新租客无法开卡", "读卡失败，系统提示重复登记。", "注销旧登记后重新发卡。"),
        new("rental", "RNT-ACCESS-03", "门禁卡失效", "一家三口的卡同日失效。", "延长有效期，现场试刷正常。"),
        new("rental", "RNT-FIRE-04", "楼道应急灯不亮", "二至四楼应急灯不亮。", "更换电池三组，测试正常。"),
        new("rental", "RNT-LIFT-02", "电梯停用", "电梯显示检修，无法呼梯。", "维保到场复位门锁回路，试运行正常。"),
        new("rental", "RNT-ELEC-01", "热水器漏电", "洗澡时手麻，已关总闸。", "拆除漏电热水器，接地检测合格后送电。"),
        new("rental", "RNT-WATER-01", "楼道水管爆裂", "一楼楼道水管爆裂，水流进配电间门口。", "关闭分阀并更换爆裂管段。"),
        new("rental", "RNT-GAS-01", "楼道闻到煤气味", "住户反映楼道有煤气味，已开窗通风。", "燃气公司到场检测，更换老化软管。"),
        new("rental", "RNT-FIRE-02", "疏散楼梯堆放杂物", "五楼楼梯间堆放家具。", "现场督促清理完毕。"),
        new("rental", "RNT-SEC-02", "押金纠纷", "退租押金争议，请求调解。", "调解达成一致，双方签字。"),
        new("system", "FLT-MOBILE", "巡查APP闪退", "打开采集页面即闪退。", "清理缓存并更新到新版本。", "SYS-PATROL"),
        new("system", "FLT-LOGIN", "账号被锁定", "连续输错密码后锁定。", "核实身份后解锁并重置。", "SYS-MOB"),
        new("system", "FLT-PERF", "查询缓慢", "按证件号查询超过三十秒。", "重建索引后查询一秒内返回。", "SYS-LSRY"),
        new("system", "FLT-SYNC", "门禁数据未上传市系统", "昨晚八时起无上传记录。", "重启对接服务，补传积压数据。", "SYS-ACC"),
        new("system", "FLT-ADDR", "门牌未编制", "新建楼栋在地址库查不到。", "联系编制门牌并入库。", "SYS-ADDR"),
        new("system", "FLT-HW", "读卡器不识别", "窗口二号读卡器不识别身份证。", "更换数据线，重装驱动。", "SYS-POINTS"),
    ];

    /// <summary>镇街 codes with roads of invented house numbers.</summary>
    public static readonly (string Town, string Road)[] Roads =
    [
        ("440111008", "广园新村路"), ("440111002", "松柏东街"), ("440111014", "庆丰南路"), ("440111012", "鹤边中街"), ("440111010", "犀牛南路"),
        ("440111011", "东平横岗街"), ("440111107", "大沥村新街"), ("440111021", "沙溪村口路"),
    ];

    /// <summary>How reports come in, the frequent ways more than once.</summary>
    public static readonly string[] Bases = ["phone", "phone", "phone", "walk_in", "wechat", "patrol", "platform"];

    /// <summary>Surnames with a form of address; a caller is a surname and a number that belongs to nobody.</summary>
    public static readonly string[] Callers = ["陈先生", "黄女士", "李女士", "何先生", "梁女士", "周先生", "吴女士", "刘先生"];
}
