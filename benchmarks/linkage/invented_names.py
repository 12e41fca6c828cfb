"""The names of the invented county: surnames by frequency, given-name characters in groups that sound alike,
variant and rare characters, villages. Frequencies are rounded from what is publicly known of China's names.

Hidden from the matcher: it must bring its own table of sounds.
"""

from __future__ import annotations

# Per thousand of the population; the rest shares what is left.
SURNAMES: tuple[tuple[str, float], ...] = (
    *zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹",
        (72, 71, 66, 51, 45, 31, 22, 21, 20, 19, 15, 15, 13, 12.6, 12, 11.5, 10.6, 10, 10, 8.6, 8.4, 8.4, 7.5, 7, 6.9,
         6.6, 6.4, 6.2, 6.1, 5.8),
        strict=True,
    ),
    *((name, 5.5 - index * 0.06) for index, name in enumerate(
        "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    )),
    *((name, 0.3) for name in ("欧阳", "上官", "司马", "诸葛", "尉迟")),
)  # fmt: skip

# Characters of given names; each group sounds alike (tones set aside). The earlier in its group, the more common.
SOUNDS: tuple[str, ...] = (
    "涵晗寒函含翰", "怡依仪宜毅艺亦奕逸一", "轩宣萱璇", "欣新鑫馨昕心", "梓子紫姿", "浩昊皓灏豪", "宇雨语羽禹玉",
    "佳嘉家加", "俊君军钧峻骏", "杰洁捷", "婷亭廷庭", "琪奇其祺琦淇", "瑶遥", "颖莹盈", "博柏伯", "文雯闻",
    "明铭鸣茗", "思斯丝", "诗施实", "晨辰宸琛臣", "睿瑞蕊锐", "泽则", "彤童桐", "雪学", "梦孟", "琳林霖", "若偌",
    "可珂柯", "然冉燃", "航杭", "志智芝致", "强蔷", "伟薇威维", "丽莉力立", "娜那", "静敬晶京", "敏闽", "丹单",
    "燕艳彦妍岩研", "芳方", "红宏鸿弘洪", "国果", "华花桦", "建健剑", "平萍", "春椿", "秀绣", "英瑛", "玲铃凌灵",
    "霞侠夏", "云芸耘", "峰锋枫丰", "龙隆", "飞菲霏", "勇永咏", "超朝", "波博", "阳洋扬杨", "凯恺楷", "旭煦",
    "源媛元圆", "悦月越", "安桉", "乐勒", "清青卿", "兰岚", "凤奉", "贵桂", "福富芙", "成程城诚承", "天添", "海",
    "妮尼", "柔揉", "朵", "皙希熙曦溪", "昕欣", "美镁", "珍真臻", "素苏", "美梅", "倩茜", "慧惠卉", "雅", "璐露鹭",
    "恒衡", "毓煜钰昱", "皎娇姣",
)  # fmt: skip

# Given names that are the fashion: written as they are, each far more common than its characters alone would make it.
FASHION: tuple[str, ...] = (
    "浩宇", "子涵", "梓涵", "欣怡", "雨桐", "一诺", "子轩", "浩然", "宇轩", "诗涵", "梓轩", "可欣", "雨涵", "佳怡",
    "俊杰", "思涵", "梓萱", "子墨", "雨欣", "博文", "欣妍", "若曦", "语桐", "宇航", "俊熙", "佳琪", "梦琪", "思琪",
    "子萱", "嘉怡", "明轩", "志强", "文轩", "天佑", "雅琪", "静怡", "梓豪", "子豪", "晨曦", "诗琪", "紫涵", "嘉豪",
    "雨萱", "依诺", "皓轩", "睿", "涵", "欣悦", "佳慧", "乐怡",
)  # fmt: skip

# Simplified → variant form. The child's papers hold either; lists are typed in the other now and then.
VARIANTS: dict[str, str] = dict(
    zip(
        "吕于黄刘陈张赵吴孙马罗郑谢韩冯邓许叶苏钟卢陆贾杨国峰华丽凤兰云静颖红鸿伟强龙飞锋杰灵晋温户青",
        "呂於黃劉陳張趙吳孫馬羅鄭謝韓馮鄧許葉蘇鍾盧陸賈楊國峯華麗鳳蘭雲靜穎紅鴻偉強龍飛鋒傑靈晉溫戶靑",
        strict=True,
    )
)
RARE = "㛃䶮垚犇彧翀甪祎赟頔昇珺玥玙奭燊堃喆叒囍"
STAND_INS = ("?", "□", "*", "？", "■")
MINORITY_GIVEN = (
    "阿依古丽",
    "买买提",
    "吉克",
    "阿呷",
    "扎西",
    "卓玛",
    "巴特尔",
    "其其格",
    "古丽娜尔",
    "尔古",
    "木呷",
    "央金",
)
MINORITY_FAMILY = ("买买提", "阿不都", "日则", "尔哈", "次仁", "多吉", "吐尔逊", "艾力", "曲比", "热合曼")

VILLAGE_FIRST = "青石白云桃杏柳松竹梅荷清长新大小上下东西南北红黄金银双三五七九龙凤虎牛马羊"
VILLAGE_SECOND = "坪坝沟塘岭坡河溪泉湾桥庄寨屯岗洼堡营峪店铺洞井园林"
_TOWNS = "青石 桃源 长岭 白河 双桥 金坝 柳溪 松岗 东塘 南屯 红岩 龙泉 杏花 竹园 石门 云台"
TOWNSHIPS = tuple(town + kind for town in _TOWNS.split(" ") for kind in "镇乡")

__all__ = [
    "FASHION",
    "MINORITY_FAMILY",
    "MINORITY_GIVEN",
    "RARE",
    "SOUNDS",
    "STAND_INS",
    "SURNAMES",
    "TOWNSHIPS",
    "VARIANTS",
    "VILLAGE_FIRST",
    "VILLAGE_SECOND",
]
